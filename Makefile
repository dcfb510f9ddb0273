PYTHON ?= python3

.PHONY: run check test lock

run:  ## Start Common Ground with its own PostgreSQL and Redis; data in var/
	@exec $(PYTHON) -m run serve

check:  ## Lint, types, architecture, fast tests
	@exec $(PYTHON) -m run check

test:  ## Everything
	@exec $(PYTHON) -m run test

lock:  ## Bring requirements.txt and requirements-dev.txt in line with the .in files; UPGRADE=--upgrade renews all; needs `uv`
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet $(UPGRADE) requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet $(UPGRADE) requirements-dev.in -c requirements.txt -o requirements-dev.txt

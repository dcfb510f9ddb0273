PYTHON ?= python3

.PHONY: run check test lock

run:  ## Start Common Ground with its own PostgreSQL and Redis; data in var/
	@exec $(PYTHON) -m run serve

check:  ## Lint, types, architecture, fast tests
	@exec $(PYTHON) -m run check

test:  ## Everything
	@exec $(PYTHON) -m run test

lock:  ## Renew requirements.txt and requirements-dev.txt from the .in files; needs `uv`
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --upgrade requirements-dev.in -c requirements.txt -o requirements-dev.txt

"""No address without somebody having said who may use it."""

from tests.architecture.routes import PACKAGES, all_routes, table


def test_every_route_is_in_the_table() -> None:
    listed = table()
    missing = sorted({route.key for route in all_routes() if route.app not in PACKAGES and route.key not in listed})
    assert not missing, "Add to tests/architecture/routes.txt who may use these:\n" + "\n".join(missing)


def test_the_table_lists_no_route_that_is_gone() -> None:
    known = {route.key for route in all_routes()}
    assert sorted(set(table()) - known) == []


def test_routes_of_packages_are_the_known_packages() -> None:
    apps = {route.app for route in all_routes()}
    assert apps <= {"crm", "deals", "handoff", *PACKAGES}, "A package brings addresses: say in PACKAGES that it may."

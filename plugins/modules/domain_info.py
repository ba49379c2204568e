#!/usr/bin/python
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import Domain
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain_addresses import SOURCES

OPTIONS = {
    "name": {"type": "list", "elements": "str", "default": []},
    "addresses": {"type": "list", "elements": "str", "choices": list(SOURCES), "default": ["lease"]},
    "agent": {"type": "bool", "default": False},
}


def main() -> None:
    run_info_module(
        OPTIONS,
        lambda connection, params: {
            "domains": Domain(params["addresses"], params["agent"]).gather(connection, params["name"])
        },
    )


if __name__ == "__main__":
    main()

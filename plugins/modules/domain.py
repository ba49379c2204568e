#!/usr/bin/python
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import Domain


def main() -> None:
    run_state_module(Domain())


if __name__ == "__main__":
    main()

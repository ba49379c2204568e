#!/usr/bin/python
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import Volume


def main() -> None:
    run_state_module(Volume())


if __name__ == "__main__":
    main()

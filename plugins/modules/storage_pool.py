#!/usr/bin/python
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool import StoragePool


def main() -> None:
    run_state_module(StoragePool())


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
# `make` alone says what there is. Everything it installs comes from the distribution's packages.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

DESTDIR ?=
# Where zsh looks; elsewhere than on Debian it is /usr/share/zsh/site-functions.
ZSH_COMPLETIONS ?= /usr/share/zsh/vendor-completions
SCRATCH ?= .build
# What building, testing and packaging need beside Swift 6.3, git and make.
BUILD_PACKAGES := libudev-dev pkg-config
PACKAGE_PACKAGES := $(BUILD_PACKAGES) binutils debhelper dpkg-dev fakeroot
TEST_PACKAGES := $(PACKAGE_PACKAGES) iproute2 iputils-ping nftables systemd udev dbus procps strace \
  time curl isc-dhcp-client autopkgtest lintian man-db shellcheck \
  mmdebstrap rpm e2fsprogs qemu-system-x86 qemu-utils python3-jsonschema \
  zsh fish

# A network, mount and process namespace of its own for whatever touches a kernel's network: the
# machine's own is never changed.
PRIVATELY := $(SUDO) env "PATH=$(PATH)" unshare --net --mount --pid --fork --kill-child \
  --mount-proc --propagation private sh -c 'ip link set lo up && exec "$$@"' sh

# A run that hangs is ended, and its output says where: each line is written when it is printed.
LIMITED = timeout --verbose --kill-after=10 $(1) stdbuf -oL

UNIT_TESTS := NetworkModelTests|PlanningTests|RenderingTests|ReportingTests|HostSystemTests|IMDSTests|RtnetlinkTests|CommandTests
NAMESPACE_TESTS := KernelTests|EC2SimulatorTests|FlowTests

.PHONY: help
help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: demo
demo: setup-test ## Hot-plug an ENI into an instance in a box, without and with eni-init
	swift build --product eni-init
	swift build --product eni-init-demo
	$(PRIVATELY) .build/debug/eni-init-demo .build/debug/eni-init

.PHONY: test
test: setup-test lint check-aws stacks ## Run every test: units, kernel, whole flow, package, virtual machines
	swift build --build-tests
	$(call LIMITED,10m) swift test --skip-build --filter '$(UNIT_TESTS)'
	$(PRIVATELY) $(call LIMITED,45m) \
	  swift test --skip-build --no-parallel --filter '$(NAMESPACE_TESTS)'
	$(MAKE) deb rpm images
	$(SUDO) env "PATH=$(PATH)" packaging/check-deb .build/eni-init_*.deb
	$(SUDO) env "PATH=$(PATH)" packaging/check-rpm .build-rpm/RPMS/*/eni-init-*.rpm
	$(PRIVATELY) $(call LIMITED,40m) \
	  swift test --skip-build --no-parallel --filter VirtualMachineTests --skip GuestTests

.PHONY: power-cuts
power-cuts: deb images ## Cut the power of a virtual machine at 20 points of an attach
	swift build --build-tests
	$(PRIVATELY) env POWER_CUTS=20 $(call LIMITED,40m) \
	  swift test --skip-build --no-parallel --filter PowerCutTests

.PHONY: stack-guests
stack-guests: deb images ## Let guests with other network stacks, and with cloud-init, live through it all
	swift build --build-tests
	$(PRIVATELY) $(call LIMITED,90m) \
	  swift test --skip-build --no-parallel --filter GuestTests --skip SidGuestTests

.PHONY: sid-guests
sid-guests: deb ## Boot guests of Debian unstable, with what the next releases will have
	$(SUDO) Tests/VirtualMachineTests/Images/build-guest-image --cached sid .build-guests
	swift build --build-tests
	$(PRIVATELY) $(call LIMITED,60m) \
	  swift test --skip-build --no-parallel --filter SidGuestTests

# Not installed on this machine, whose network they would take over.
.PHONY: stacks
stacks: setup-test ## Unpack the network stacks that tests run in a box
	Tests/FlowTests/Stacks/unpack-packages .build-stacks/ifupdown ifupdown
	Tests/FlowTests/Stacks/unpack-packages .build-stacks/netplan netplan.io libnetplan0
	Tests/FlowTests/Stacks/unpack-packages .build-stacks/network-manager network-manager \
	  libnm0 libndp0 libmm-glib0 libbluetooth3 libteamdctl0 libnewt0.52 libslang2

.PHONY: lint
lint: ## Check format, imports and scripts
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	.ci/check-imports
	shellcheck .ci/run .ci/check-imports packaging/{build-deb,check-deb,check-rpm,check-reproducible} packaging/checks/* \
	  packaging/debian/tests/{smoke,units} packaging/cloud/{50-eni-init,known-instance} packaging/ifupdown/{eni-init,exclude-enis,retry-networking} packaging/aws/check \
	  Sources/EC2Simulator/Instance/{prepare-instance,start-unit,follow-udev,foreign-configuration} \
	  Tests/VirtualMachineTests/Images/build-guest-image Tests/FlowTests/Stacks/unpack-packages

# Says which parts it leaves out where terraform, its provider, moto or packer is not there.
.PHONY: check-aws
check-aws: ## Apply the Terraform example against a local AWS
	packaging/aws/check

.PHONY: format
format: ## Format the sources in place
	swift format --in-place --recursive --parallel Package.swift Sources Tests

.PHONY: deb
deb: setup-package ## Build the Debian package
	packaging/build-deb

# In the tree of the Debian package: what was compiled for that is there.
.PHONY: rpm
rpm: setup-test deb ## Build the RPM package
	cd .build-deb/tree && rpmbuild -bb --quiet --nodeps --build-in-place \
	  --define '_topdir $(CURDIR)/.build-rpm' --define 'scratch $(CURDIR)/.build-deb/swift' \
	  packaging/rpm/eni-init.spec
	rpm --query --package --list .build-rpm/RPMS/*/eni-init-*.rpm

# Outside the namespaces, which have no way to a mirror.
.PHONY: images
images: setup-test ## Build the Debian guests that the virtual machines start from
	for suite in bookworm trixie; do \
	  $(SUDO) Tests/VirtualMachineTests/Images/build-guest-image --cached $$suite .build-guests; \
	done

.PHONY: reproducible
reproducible: setup-test ## Build the Debian package twice, as two builders would, and compare
	packaging/check-reproducible

.PHONY: bench
bench: setup-test ## Print what an attach costs, whole process, and how much more a peer needs
	packaging/build-deb
	swift build --configuration release --product eni-init-bench
	Tests/FlowTests/Stacks/unpack-packages .build-stacks/amazon-ec2-net-utils amazon-ec2-net-utils
	$(PRIVATELY) .build/release/eni-init-bench .build-deb/tree/debian/eni-init/usr/sbin/eni-init \
	  .build-stacks/amazon-ec2-net-utils

.PHONY: setup-build
setup-build:
	@if type -P apt-get >/dev/null; then \
	  dpkg-query -W $(BUILD_PACKAGES) >/dev/null 2>&1 || $(call install,$(BUILD_PACKAGES)); \
	fi

.PHONY: setup-package
setup-package:
	@dpkg-query -W $(PACKAGE_PACKAGES) >/dev/null 2>&1 || $(call install,$(PACKAGE_PACKAGES))

.PHONY: setup-test
setup-test:
	@dpkg-query -W $(TEST_PACKAGES) >/dev/null 2>&1 || $(call install,$(TEST_PACKAGES))

define install
{ $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends $(1); }
endef

# As packaging/debian/rules builds it, which says why.
.PHONY: program
program: setup-build ## Build the program as packages have it
	swift build --scratch-path $(SCRATCH) --configuration release --product eni-init \
	  --static-swift-stdlib --disable-local-rpath -Xswiftc -gnone \
	  -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen \
	  -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now

.PHONY: install
install: program ## Lay the program and its files out under DESTDIR
	install -D -s -m 755 $(SCRATCH)/release/eni-init $(DESTDIR)/usr/sbin/eni-init
	install -D -m 644 udev/70-eni-init.rules $(DESTDIR)/usr/lib/udev/rules.d/70-eni-init.rules
	install -D -m 644 -t $(DESTDIR)/usr/lib/systemd/network packaging/network/*.network
	install -D -m 644 -t $(DESTDIR)/usr/lib/systemd/system packaging/systemd/*.{service,timer}
	for unit in cloud-init cloud-init-network; do \
	   install -d $(DESTDIR)/usr/lib/systemd/system/$$unit.service.wants && \
	   ln -sf -t $(DESTDIR)/usr/lib/systemd/system/$$unit.service.wants ../eni-init-refresh.service || exit; \
	done
	install -D -m 644 packaging/journal/eni-init.catalog $(DESTDIR)/usr/lib/systemd/catalog/eni-init.catalog
	install -D -m 644 packaging/container-ports/container-ports.nft $(DESTDIR)/usr/lib/eni-init/container-ports.nft
	install -D -m 644 packaging/conf/eni-init.conf $(DESTDIR)/etc/eni-init/eni-init.conf
	install -D -m 755 packaging/cloud/50-eni-init $(DESTDIR)/etc/cloud/clean.d/50-eni-init
	install -D -m 644 packaging/cloud/eni-init.cfg $(DESTDIR)/usr/share/eni-init/cloud/eni-init.cfg
	install -d $(DESTDIR)/etc/cloud/cloud.cfg.d
	ln -sf /usr/share/eni-init/cloud/eni-init.cfg $(DESTDIR)/etc/cloud/cloud.cfg.d/80_eni-init.cfg
	install -D -m 644 packaging/cloud/known-instance.cfg $(DESTDIR)/usr/share/eni-init/cloud/known-instance.cfg
	install -D -m 755 packaging/cloud/known-instance $(DESTDIR)/usr/lib/eni-init/known-instance
	ln -sf /run/eni-init/cloud-init.cfg $(DESTDIR)/etc/cloud/cloud.cfg.d/80_eni-init-known-instance.cfg
	install -D -m 755 packaging/ifupdown/eni-init $(DESTDIR)/etc/network/if-pre-up.d/eni-init
	install -D -m 644 packaging/ifupdown/eni-init.conf \
	  $(DESTDIR)/usr/lib/systemd/system/ifup@.service.d/eni-init.conf
	install -D -m 644 packaging/ifupdown/networking.service.d/eni-init.conf \
	  $(DESTDIR)/usr/lib/systemd/system/networking.service.d/eni-init.conf
	install -D -m 755 -t $(DESTDIR)/usr/lib/eni-init packaging/ifupdown/{exclude-enis,retry-networking}
	install -D -m 644 packaging/man/eni-init.8 $(DESTDIR)/usr/share/man/man8/eni-init.8
	install -D -m 644 packaging/man/eni-init.conf.5 $(DESTDIR)/usr/share/man/man5/eni-init.conf.5
	install -D -m 644 packaging/man/eni-init-checks.7 $(DESTDIR)/usr/share/man/man7/eni-init-checks.7
	install -D -m 644 docs/status.schema.json $(DESTDIR)/usr/share/doc/eni-init/status.schema.json
	$(call completion,bash,/usr/share/bash-completion/completions/eni-init)
	$(call completion,zsh,$(ZSH_COMPLETIONS)/_eni-init)
	$(call completion,fish,/usr/share/fish/vendor_completions.d/eni-init.fish)
	install -d $(DESTDIR)/etc/eni-init/{instances,container-ports} $(DESTDIR)/etc/iproute2/rt_tables.d \
	  $(DESTDIR)/etc/systemd/network

define completion
$(SCRATCH)/release/eni-init --generate-completion-script $(1) | sed '1{/^#!/d}' | install -D -m 644 /dev/stdin $(DESTDIR)$(2)
endef

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build .build-*

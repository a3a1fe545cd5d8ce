// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Every target: no warning survives, and an import says what it makes visible.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "eni-init",
  products: [.executable(name: "eni-init", targets: ["eni-init"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    // Values and vocabulary; pure stages; they import nothing with an effect.
    .target(name: "NetworkModel", swiftSettings: strict),
    .target(name: "Planning", dependencies: ["NetworkModel"], swiftSettings: strict),
    .target(name: "Rendering", dependencies: ["NetworkModel"], swiftSettings: strict),
    .target(name: "Reporting", dependencies: ["NetworkModel"], swiftSettings: strict),

    // The edges: the only targets with effects.
    .target(name: "HostSystem", dependencies: ["NetworkModel", "CNetlink"], swiftSettings: strict),
    .target(name: "IMDS", dependencies: ["NetworkModel", "CNetlink"], swiftSettings: strict),
    .target(name: "Rtnetlink", dependencies: ["NetworkModel", "CNetlink"], swiftSettings: strict),
    .target(name: "Udev", dependencies: ["NetworkModel", "CUdev"], swiftSettings: strict),
    .target(name: "CNetlink"),
    .systemLibrary(
      name: "CUdev",
      pkgConfig: "libudev",
      providers: [.apt(["libudev-dev"]), .yum(["systemd-devel"])]
    ),

    // The composition: commands, log lines, exit codes.
    .executableTarget(
      name: "eni-init",
      dependencies: [
        "NetworkModel", "Planning", "Rendering", "Reporting", "HostSystem", "IMDS", "Rtnetlink",
        "Udev",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),

    // An EC2 in a box, for the tests and the demo; never shipped.
    .target(
      name: "EC2Simulator",
      dependencies: ["NetworkModel"],
      exclude: [
        "Instance/prepare-instance", "Instance/start-unit", "Instance/follow-udev",
        "Instance/foreign-configuration",
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "eni-init-demo",
      dependencies: ["NetworkModel", "EC2Simulator"],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "eni-init-bench",
      dependencies: ["NetworkModel", "EC2Simulator"],
      swiftSettings: strict
    ),
    .target(
      name: "TestSupport",
      dependencies: ["NetworkModel", "HostSystem", "Rtnetlink"],
      swiftSettings: strict
    ),

    .testTarget(
      name: "NetworkModelTests",
      dependencies: ["NetworkModel", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "PlanningTests",
      dependencies: ["NetworkModel", "Planning", "Rtnetlink", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RenderingTests",
      dependencies: ["NetworkModel", "Planning", "Rendering", "TestSupport"],
      exclude: ["Goldens"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ReportingTests",
      dependencies: ["NetworkModel", "Planning", "Reporting", "EC2Simulator", "TestSupport"],
      exclude: ["Goldens"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "HostSystemTests",
      dependencies: ["NetworkModel", "HostSystem", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "IMDSTests",
      dependencies: ["NetworkModel", "IMDS", "EC2Simulator"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RtnetlinkTests",
      dependencies: ["NetworkModel", "Rtnetlink", "CNetlink", "TestSupport"],
      exclude: ["Captures"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "CommandTests",
      dependencies: ["NetworkModel", "EC2Simulator", "TestSupport", "eni-init"],
      exclude: ["Goldens"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "EC2SimulatorTests",
      dependencies: ["NetworkModel", "EC2Simulator"],
      swiftSettings: strict
    ),

    // These need namespaces or virtual machines of their own: `make test` gives them some.
    .testTarget(
      name: "KernelTests",
      dependencies: ["NetworkModel", "Planning", "Rtnetlink", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "FlowTests",
      dependencies: ["NetworkModel", "EC2Simulator", "TestSupport", "eni-init"],
      exclude: ["Stacks"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VirtualMachineTests",
      dependencies: ["NetworkModel", "EC2Simulator", "TestSupport"],
      exclude: ["Images"],
      swiftSettings: strict
    ),
  ]
)

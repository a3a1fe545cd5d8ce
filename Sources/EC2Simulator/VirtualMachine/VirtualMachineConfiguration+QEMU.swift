// SPDX-License-Identifier: Apache-2.0
import NetworkModel

extension VirtualMachineConfiguration {
  /// QEMU's command line (qemu(1)).
  var arguments: [String] {
    machine + firmware + boot + drives + ports + nics.flatMap(\.arguments)
  }

  private var machine: [String] {
    [
      "-accel", "tcg,thread=\(usesOneThread ? "single" : "multi")", "-cpu", "qemu64",
      "-machine", "pc", "-smp", "2", "-m", "\(memory)",
      "-nodefaults", "-no-user-config", "-display", "none",
    ]
  }

  /// The tables by which a Nitro instance knows itself (`/sys/class/dmi/id`).
  private var firmware: [String] {
    [
      "-smbios", "type=0,vendor=Amazon EC2",
      "-smbios",
      // The serial number is the same, by which cloud-init believes that it is on EC2.
      "type=1,manufacturer=Amazon EC2,product=\(Self.value(instanceType)),uuid=\(systemUUID)"
        + ",serial=\(systemUUID)",
      "-smbios", "type=2,manufacturer=Amazon EC2,asset=\(instanceID)",
      "-smbios", "type=3,manufacturer=Amazon EC2",
    ]
  }

  /// Begins with `ec2`, as EC2's do; the rest is the instance id's digits, so that it is the same
  /// at each start.
  private var systemUUID: String {
    let digits = Array(("ec2" + instanceID.text.dropFirst(2)).padded(to: 32))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
      .map { String(digits[$0]) }.joined(separator: "-")
  }

  private var boot: [String] {
    // What only costs time in emulation is off: the cures for flaws of processors that this one
    // does not have (each flushes a cache at each system call) and the self-tests of ciphers; the
    // clock is the host's, which saves a device access for each look at it. Bit 141 is cmpxchg16b,
    // hidden from the kernel alone, which has died of its emulation too.
    let words =
      [
        "console=ttyS0", "root=/dev/vda", "rw", "net.ifnames=1", "quiet",
        "mitigations=off", "tsc=reliable", "cryptomgr.notests", "clearcpuid=141",
      ] + kernelArguments
    return [
      "-kernel", files.kernel, "-initrd", files.initialFileSystem,
      "-append", words.joined(separator: " "),
    ]
  }

  private var drives: [String] {
    // cache=unsafe still gives what the guest flushes to the host's kernel, where it outlives a
    // killed QEMU; only the wait for the host's disk is left out.
    var result = [
      "-drive", "if=none,id=root,format=qcow2,cache=unsafe,file=\(Self.value(disk))",
      "-device", "virtio-blk-pci,drive=root,addr=3",
    ]
    if let extraDrive {
      result += [
        "-drive", "if=none,id=extra,format=raw,readonly=on,file=\(Self.value(extraDrive))",
        "-device", "virtio-blk-pci,drive=extra,addr=4",
      ]
    }
    return result
  }

  private var ports: [String] {
    [
      "-chardev", "file,id=console,path=\(Self.value(consoleLog))", "-serial", "chardev:console",
      "-chardev", "socket,id=monitor,server=on,wait=off,path=\(Self.value(monitorSocket))",
      "-mon", "chardev=monitor,mode=control",
      "-chardev", "socket,id=guest,server=on,wait=off,path=\(Self.value(channelSocket))",
      "-device", "virtio-serial-pci,addr=2",
      "-device", "virtserialport,chardev=guest,name=\(GuestChannel.portName)",
    ]
  }

  /// A value as QEMU's option parser takes it: a comma would end it.
  private static func value(_ text: String) -> String {
    text.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
  }
}

extension VirtualNIC {
  /// The options that give the NIC to a machine from its start; without a boot ROM, which the
  /// firmware would spend time on.
  fileprivate var arguments: [String] {
    [
      "-netdev", "tap,id=\(backendName),ifname=\(tap),script=no,downscript=no",
      "-device",
      "virtio-net-pci,id=\(deviceName),netdev=\(backendName),mac=\(macAddress),"
        + "addr=\(String(slot, radix: 16)),romfile=",
    ]
  }
}

extension String {
  fileprivate func padded(to length: Int) -> String {
    self + String(repeating: "0", count: max(0, length - count))
  }
}

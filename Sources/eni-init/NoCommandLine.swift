// SPDX-License-Identifier: Apache-2.0

/// Swift's runtime reads the command line from proc(5); in a chroot without it any command would be
/// taken for none, which prints the help and ends with 0.
struct NoCommandLine: CommandFailure {
  var exitStatus: ExitStatus { .systemFailure }

  var description: String {
    "the command line cannot be read from /proc/self/cmdline, so nothing was done: mount proc on /proc, "
      + "in a chroot too"
  }
}

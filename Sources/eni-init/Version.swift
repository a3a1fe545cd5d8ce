// SPDX-License-Identifier: Apache-2.0

/// The version of the program: what `--version` prints, and the package's upstream version.
let eniInitVersion = "0.1.0"

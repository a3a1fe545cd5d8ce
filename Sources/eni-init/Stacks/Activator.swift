// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// How a network stack is made to act on its files, and what it makes of a link: one conformer a stack.
///
/// What an ENI has that is live already is never left to the stack: the change is made by netlink and
/// written into its file, since a stack that is told to apply a file costs the link packets.
protocol Activator {
  /// Whether the stack finds the link of an ENI by its name alone, so that another link with that name
  /// would get the configuration.
  var goesByName: Bool { get }

  /// Whether the stack configures this link now, by its own account.
  func manages(_ link: Link) throws -> Bool

  /// Whether the host starts the stack at boot; asked when none runs yet.
  func isEnabled() throws -> Bool

  /// Whether the stack is at work already.
  func isRunning() throws -> Bool

  /// Whether the stack knows what to do with a link. One that it is about to configure must not be
  /// taken for one that it leaves alone.
  func hasDecided(_ link: Link) throws -> Bool

  /// Whether the stack configures the link from what we have written for this name.
  func configures(_ link: Link, as name: InterfaceName) throws -> Bool

  /// Whether the stack may at any time remove rules of this link that it does not know.
  func mayLoseRules(of link: Link) throws -> Bool

  /// Why the stack should not read its files now, because that would touch other links than this one;
  /// nil when it may.
  func obstacle(besides link: Link?) throws -> String?

  /// Whether the stack also reads the files that ``GeneratedFiles`` keeps below /run.
  var readsRuntimeFiles: Bool { get }

  /// Whether the stack has to take a new link over whatever the obstacle, since it would go on with
  /// DHCP there otherwise.
  func mustTakeOver(_ link: Link, beside primary: Link?) throws -> Bool

  /// Called before the files of an ENI are written.
  func willConfigure(_ plan: InterfacePlan) throws

  /// Makes the stack know the file that is written for a link, which is still held and has its old name.
  func read(_ plan: InterfacePlan) throws

  /// Makes the stack configure a new link from its file, that link alone.
  ///
  /// Asked after ``obstacle(besides:)``; the link has its name and is down.
  func takeOver(_ plan: InterfacePlan) throws

  /// Helps along a link that the stack has got stuck with; called while its configuration is awaited.
  func assist(_ link: Link) throws

  /// Makes the stack drop what it has taken over, after its file is gone again; asked after
  /// ``obstacle(besides:)``.
  func giveBack(_ name: InterfaceName) throws

  /// Makes the stack let go of a link that it manages and that is held from now on, before it is taken
  /// down; ``readHold(releasing:)`` follows.
  func hold(_ link: Link) throws

  /// Has the stack, if it runs, look again at which links are held; `primary` is one that was, and is
  /// not any more.
  ///
  /// Without a released primary, asked after ``obstacle(besides:)``. A primary that is held has no
  /// other way to its lease, so with one no obstacle counts.
  func readHold(releasing primary: Link?) throws

  /// Has the stack, if it runs, take every link that was held for the first boot alone.
  func endHold() throws

  /// The file by which the stack configures the primary; nil when none is known.
  func file(ofPrimary link: Link) throws -> String?
}

// What most stacks need: they do what they are told, when they are told, to one link alone.
extension Activator {
  var goesByName: Bool { true }
  func hasDecided(_ link: Link) throws -> Bool { true }
  func mayLoseRules(of link: Link) throws -> Bool { false }
  func obstacle(besides link: Link?) throws -> String? { nil }
  var readsRuntimeFiles: Bool { false }
  func mustTakeOver(_ link: Link, beside primary: Link?) throws -> Bool { try manages(link) }
  func willConfigure(_ plan: InterfacePlan) throws {}
  func read(_ plan: InterfacePlan) throws {}
  func assist(_ link: Link) throws {}
  func giveBack(_ name: InterfaceName) throws {}
  func hold(_ link: Link) throws {}
  func readHold(releasing primary: Link?) throws {}
  func endHold() throws { try readHold(releasing: nil) }
}

// SPDX-License-Identifier: Apache-2.0

/// What can happen to an ENI, or to what is known of all of them: `EVENT=` in the journal.
///
/// The words are part of the interface, and so are the ids: packaging/journal/eni-init.catalog
/// explains each (journalctl(1), `--catalog`). A word or an id that was in a release never gets
/// another meaning.
package enum Event: String, Hashable, Sendable, CaseIterable {
  /// An ENI that was held, or new, is named, configured and answering.
  case configured
  /// What an ENI has came or went, or was put right; it stayed up.
  case changed
  /// An ENI was named, and its configuration written, before any network manager started.
  case prepared
  /// An ENI without addresses (EFA only) was named, and stays down.
  case held
  /// IMDS does not tell all about an ENI yet.
  case waiting
  /// A setting leaves an ENI held.
  case ignored
  /// An ENI is a port of a bridge, bond or other device, and is left to that.
  case enslaved
  /// IMDS lists an address for two ENIs, and it belongs to the other one.
  case contested
  /// Nothing is done on this host, by a setting or because its ENIs are somebody else's.
  case refused
  /// An ENI works without a part that the kernel does not accept, such as IPv6 or a large MTU.
  case shortfall
  /// An ENI is configured by netlink until the network stack next reads its files.
  case takeoverDelayed = "takeover-delayed"
  /// The disk has refused a generated file, and it is kept below /run.
  case keptInMemory = "kept-in-memory"
  /// The network stack has given an ENI up, and was told to begin anew.
  case stuck
  /// udev has missed an ENI, and the kernel was asked to announce it again.
  case announced
  /// An ENI has left its slot, and has a name of its own until it is looked at.
  case movedAside = "moved-aside"
  /// An ENI went away before or while it was attached.
  case goneEarly = "gone-early"
  /// The link of an ENI is gone, and the rules to its table were removed.
  case detached
  /// IMDS does not list an ENI any more, and its files and record were removed.
  case forgotten
  /// The result was not what was planned, and was undone.
  case undone
  /// A run ended with an error.
  case failed
  /// What cloud-init has learned is not used.
  case factsRefused = "facts-refused"
  /// The primary was put on record, so that every other ENI is held.
  case primaryRecorded = "primary-recorded"
  /// Secondary addresses of the primary came or went.
  case primaryAddresses = "primary-addresses"
  /// Another ENI than the tried one is the primary, and is left to the image.
  case primaryReleased = "primary-released"
  /// In a first boot one ENI is tried as the primary, and the others are held.
  case candidateTried = "candidate-tried"
  /// Nothing will name the primary, so the hold of the first boot was ended.
  case holdEnded = "hold-ended"
  /// A network stack that runs has not read the hold.
  case holdUnread = "hold-unread"
  /// What belongs to another instance was removed.
  case foreignRemoved = "foreign-removed"
  /// What belongs to this instance was removed, for an image.
  case sealed
}

extension Event {
  /// `MESSAGE_ID=`: a random number of 128 bits, made once (`systemd-id128 new`).
  package var messageID: String {
    switch self {
    case .configured: "afd1bb1a55344b30b6e7f61f8736123f"
    case .changed: "52212c6645e24d0fb749ea131782b4ec"
    case .prepared: "d684b79faea64a2fa266fa9038228b17"
    case .held: "b4edfeb36fae43048e9f163820cc539b"
    case .waiting: "900496be7be643169f48adfa2666b91b"
    case .ignored: "a72cbbdf80cc4641939d1d77933c4c6c"
    case .enslaved: "6ed81a73b8bc417db68226c6944158e2"
    case .contested: "a68572a79f25481793b481f7d5e68c41"
    case .refused: "3efeb0074eaa490fa72e1ac36ccdc9be"
    case .shortfall: "df6d4e4b46234212800dfc9991f6c7ce"
    case .takeoverDelayed: "7bac9d04ad3542bba2b867b47e22a4b7"
    case .keptInMemory: "2c445a71e531b6674b51cd9fd7b6acc6"
    case .stuck: "076a604804934e85ab89263f8b337b85"
    case .announced: "4bcfd506b78f40a0a63b14d5e8221715"
    case .movedAside: "703fe248c8304de48fd1b65655bde2ef"
    case .goneEarly: "5030acb482b84b0491e84d5484491223"
    case .detached: "e9ad2f3a588b4091801d39bbe25d02cb"
    case .forgotten: "5b07db21f59e4d3592493ecb81c1bb81"
    case .undone: "213bf52f5ed0417baedeb1f2ef55cb0e"
    case .failed: "4b24345662234cb180ec086eeb895552"
    case .factsRefused: "81feca567c584d05bea9e9812b9dbee0"
    case .primaryRecorded: "669fd4a257c3484a930a82bb326766d7"
    case .primaryAddresses: "a7fb1539c3004a0e97d5ca28b305c640"
    case .primaryReleased: "2f8bdbc59b754d2391fc7aa9d43bb354"
    case .candidateTried: "4c7b7164630443809fbc14ee6733a6ee"
    case .holdEnded: "3694d90c24fe4e60b6a6715daf7324bc"
    case .holdUnread: "4441e26c8b91473787905c57d0e7f0ce"
    case .foreignRemoved: "d5e576c445644edfa5413b9836794d12"
    case .sealed: "c068dacb3fbe445692a3db49f77b5195"
    }
  }
}

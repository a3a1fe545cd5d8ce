// SPDX-License-Identifier: Apache-2.0

import CNetlink

// The kernel's numbers under Swift names. The values come from the headers; this is the only file
// that knows that they import with four different integer types.

/// What a message asks or tells: nlmsg_type.
struct MessageType: Hashable {
  let rawValue: UInt16

  init(_ rawValue: some BinaryInteger) { self.rawValue = UInt16(truncatingIfNeeded: rawValue) }

  /// NLMSG_NOOP.
  static let noOperation = MessageType(NLMSG_NOOP)
  /// NLMSG_ERROR.
  static let error = MessageType(NLMSG_ERROR)
  /// NLMSG_DONE.
  static let done = MessageType(NLMSG_DONE)
  /// NLMSG_OVERRUN.
  static let overrun = MessageType(NLMSG_OVERRUN)
  /// RTM_NEWLINK.
  static let newLink = MessageType(RTM_NEWLINK)
  /// RTM_GETLINK.
  static let getLink = MessageType(RTM_GETLINK)
  /// RTM_SETLINK.
  static let setLink = MessageType(RTM_SETLINK)
  /// RTM_NEWLINKPROP.
  static let newLinkProperty = MessageType(RTM_NEWLINKPROP)
  /// RTM_DELLINKPROP.
  static let deleteLinkProperty = MessageType(RTM_DELLINKPROP)
  /// RTM_NEWADDR.
  static let newAddress = MessageType(RTM_NEWADDR)
  /// RTM_DELADDR.
  static let deleteAddress = MessageType(RTM_DELADDR)
  /// RTM_GETADDR.
  static let getAddress = MessageType(RTM_GETADDR)
  /// RTM_NEWROUTE.
  static let newRoute = MessageType(RTM_NEWROUTE)
  /// RTM_DELROUTE.
  static let deleteRoute = MessageType(RTM_DELROUTE)
  /// RTM_GETROUTE.
  static let getRoute = MessageType(RTM_GETROUTE)
  /// RTM_NEWRULE.
  static let newRule = MessageType(RTM_NEWRULE)
  /// RTM_DELRULE.
  static let deleteRule = MessageType(RTM_DELRULE)
  /// RTM_GETRULE.
  static let getRule = MessageType(RTM_GETRULE)
}

/// How a message is meant: nlmsg_flags.
struct MessageFlags: OptionSet, Hashable {
  let rawValue: UInt16

  init(rawValue: UInt16) { self.rawValue = rawValue }

  private init(_ value: Int32) { rawValue = UInt16(truncatingIfNeeded: value) }

  /// NLM_F_REQUEST.
  static let request = MessageFlags(NLM_F_REQUEST)
  /// NLM_F_ACK.
  static let acknowledge = MessageFlags(NLM_F_ACK)
  /// NLM_F_DUMP.
  static let dump = MessageFlags(NLM_F_DUMP)
  /// NLM_F_DUMP_INTR.
  static let dumpInterrupted = MessageFlags(NLM_F_DUMP_INTR)
  /// NLM_F_CREATE.
  static let create = MessageFlags(NLM_F_CREATE)
  /// NLM_F_REPLACE.
  static let replace = MessageFlags(NLM_F_REPLACE)
  /// NLM_F_EXCL.
  static let exclusive = MessageFlags(NLM_F_EXCL)
  /// NLM_F_APPEND.
  static let append = MessageFlags(NLM_F_APPEND)
  /// NLM_F_CAPPED.
  static let capped = MessageFlags(NLM_F_CAPPED)
  /// NLM_F_ACK_TLVS.
  static let acknowledgeAttributes = MessageFlags(NLM_F_ACK_TLVS)
}

/// What an attribute says: nla_type, without its two flag bits.
struct AttributeType: Hashable {
  let rawValue: UInt16

  /// The type with this number; NLA_F_NESTED and NLA_F_NET_BYTEORDER are cleared, because the
  /// kernel sets them on some attributes only (`~NLA_TYPE_MASK`).
  init(_ value: some BinaryInteger) {
    let flags = UInt16(truncatingIfNeeded: NLA_F_NESTED | NLA_F_NET_BYTEORDER)
    rawValue = UInt16(truncatingIfNeeded: value) & ~flags
  }

  /// NLA_F_NESTED.
  static let nestedFlag = UInt16(truncatingIfNeeded: NLA_F_NESTED)
}

/// Attributes of RTM_*LINK.
enum LinkAttribute {
  /// IFLA_ADDRESS.
  static let address = AttributeType(IFLA_ADDRESS)
  /// IFLA_IFNAME.
  static let name = AttributeType(IFLA_IFNAME)
  /// IFLA_MTU.
  static let mtu = AttributeType(IFLA_MTU)
  /// IFLA_GROUP.
  static let group = AttributeType(IFLA_GROUP)
  /// IFLA_EXT_MASK.
  static let extendedMask = AttributeType(IFLA_EXT_MASK)
  /// IFLA_PROP_LIST.
  static let propertyList = AttributeType(IFLA_PROP_LIST)
  /// IFLA_ALT_IFNAME.
  static let alternativeName = AttributeType(IFLA_ALT_IFNAME)
  /// IFLA_PERM_ADDRESS.
  static let permanentAddress = AttributeType(IFLA_PERM_ADDRESS)
  /// IFLA_LINKINFO.
  static let information = AttributeType(IFLA_LINKINFO)
  /// IFLA_INFO_KIND, inside of IFLA_LINKINFO.
  static let kind = AttributeType(IFLA_INFO_KIND)
  /// IFLA_MASTER.
  static let master = AttributeType(IFLA_MASTER)
  /// IFLA_AF_SPEC.
  static let families = AttributeType(IFLA_AF_SPEC)
  /// AF_INET6, inside of IFLA_AF_SPEC.
  static let ipv6 = AttributeType(AF_INET6)
  /// IFLA_INET6_CONF, inside of AF_INET6.
  static let ipv6Settings = AttributeType(IFLA_INET6_CONF)
  /// DEVCONF_DISABLE_IPV6, a position in IFLA_INET6_CONF.
  ///
  /// Its header, linux/ipv6.h, defines structures that the C library's headers define otherwise.
  static let disabledIPv6 = 26
}

/// Attributes of RTM_*ADDR.
enum AddressAttribute {
  /// IFA_ADDRESS.
  static let address = AttributeType(IFA_ADDRESS)
  /// IFA_LOCAL.
  static let local = AttributeType(IFA_LOCAL)
  /// IFA_CACHEINFO.
  static let lifetimes = AttributeType(IFA_CACHEINFO)
  /// IFA_FLAGS.
  static let flags = AttributeType(IFA_FLAGS)
}

/// Attributes of RTM_*ROUTE.
enum RouteAttribute {
  /// RTA_DST.
  static let destination = AttributeType(RTA_DST.rawValue)
  /// RTA_SRC.
  static let source = AttributeType(RTA_SRC.rawValue)
  /// RTA_OIF.
  static let outputLink = AttributeType(RTA_OIF.rawValue)
  /// RTA_GATEWAY.
  static let gateway = AttributeType(RTA_GATEWAY.rawValue)
  /// RTA_PRIORITY.
  static let priority = AttributeType(RTA_PRIORITY.rawValue)
  /// RTA_TABLE.
  static let table = AttributeType(RTA_TABLE.rawValue)
  /// RTA_MULTIPATH.
  static let multipath = AttributeType(RTA_MULTIPATH.rawValue)
  /// RTA_PREFSRC.
  static let preferredSource = AttributeType(RTA_PREFSRC.rawValue)
  /// RTA_CACHEINFO.
  static let cacheInformation = AttributeType(RTA_CACHEINFO.rawValue)
  /// RTA_EXPIRES.
  static let expires = AttributeType(RTA_EXPIRES.rawValue)
  /// RTA_NH_ID.
  static let nextHopObject = AttributeType(RTA_NH_ID.rawValue)
  /// RTA_VIA.
  static let via = AttributeType(RTA_VIA.rawValue)
}

/// Attributes of RTM_*RULE.
enum RuleAttribute {
  /// FRA_DST.
  static let destination = AttributeType(FRA_DST)
  /// FRA_SRC.
  static let source = AttributeType(FRA_SRC)
  /// FRA_IIFNAME.
  static let incomingLink = AttributeType(FRA_IIFNAME)
  /// The link that a packet comes in by which the host itself sends (ip-rule(8), `iif`).
  static let loopback = "lo"
  /// FRA_FWMARK.
  static let mark = AttributeType(FRA_FWMARK)
  /// FRA_FWMASK.
  static let markMask = AttributeType(FRA_FWMASK)
  /// FRA_PRIORITY.
  static let priority = AttributeType(FRA_PRIORITY)
  /// FRA_SUPPRESS_IFGROUP.
  static let suppressGroup = AttributeType(FRA_SUPPRESS_IFGROUP)
  /// FRA_SUPPRESS_PREFIXLEN.
  static let suppressPrefixLength = AttributeType(FRA_SUPPRESS_PREFIXLEN)
  /// FRA_TABLE.
  static let table = AttributeType(FRA_TABLE)
  /// FRA_PAD.
  static let padding = AttributeType(FRA_PAD)
  /// FRA_PROTOCOL.
  static let `protocol` = AttributeType(FRA_PROTOCOL)
}

/// Attributes of an extended acknowledgement.
enum AcknowledgementAttribute {
  /// NLMSGERR_ATTR_MSG.
  static let text = AttributeType(NLMSGERR_ATTR_MSG.rawValue)
}

/// Numbers in the fixed headers and in attribute values.
enum Wire {
  /// AF_INET.
  static let inet = UInt8(truncatingIfNeeded: AF_INET)
  /// AF_INET6.
  static let inet6 = UInt8(truncatingIfNeeded: AF_INET6)
  /// IFF_UP.
  static let linkUp = UInt32(truncatingIfNeeded: IFF_UP.rawValue)
  /// RTEXT_FILTER_SKIP_STATS.
  static let skipStatistics = UInt32(truncatingIfNeeded: RTEXT_FILTER_SKIP_STATS)
  /// IFA_F_NODAD.
  static let addressWithoutDuplicateDetection = UInt32(truncatingIfNeeded: IFA_F_NODAD)
  /// IFA_F_PERMANENT.
  static let permanentAddress = UInt32(truncatingIfNeeded: IFA_F_PERMANENT)
  /// IFA_F_DEPRECATED.
  static let deprecatedAddress = UInt32(truncatingIfNeeded: IFA_F_DEPRECATED)
  /// IFA_F_NOPREFIXROUTE.
  static let addressWithoutPrefixRoute = UInt32(truncatingIfNeeded: IFA_F_NOPREFIXROUTE)
  /// RTN_UNICAST.
  static let unicast = UInt8(truncatingIfNeeded: RTN_UNICAST)
  /// RTN_LOCAL.
  static let local = UInt8(truncatingIfNeeded: RTN_LOCAL)
  /// RTM_F_LOOKUP_TABLE.
  static let lookUpTable = UInt32(truncatingIfNeeded: RTM_F_LOOKUP_TABLE)
  /// RTM_F_CLONED.
  static let clonedRoute = UInt32(truncatingIfNeeded: RTM_F_CLONED)
  /// RT_SCOPE_UNIVERSE.
  static let universeScope = UInt8(truncatingIfNeeded: RT_SCOPE_UNIVERSE.rawValue)
  /// RT_SCOPE_LINK.
  static let linkScope = UInt8(truncatingIfNeeded: RT_SCOPE_LINK.rawValue)
  /// RT_SCOPE_NOWHERE.
  static let nowhereScope = UInt8(truncatingIfNeeded: RT_SCOPE_NOWHERE.rawValue)
  /// RT_TABLE_UNSPEC.
  static let unspecifiedTable = UInt8(truncatingIfNeeded: RT_TABLE_UNSPEC.rawValue)
  /// RT_TABLE_LOCAL.
  static let localTable = UInt32(truncatingIfNeeded: RT_TABLE_LOCAL.rawValue)
  /// FR_ACT_TO_TBL.
  static let toTable = UInt8(truncatingIfNeeded: FR_ACT_TO_TBL)
  /// FIB_RULE_INVERT.
  static let invertedRule = UInt32(truncatingIfNeeded: FIB_RULE_INVERT)
  /// NLMSG_ALIGNTO, and NLA_ALIGNTO, which is the same 4.
  static let alignment = Int(NLMSG_ALIGNTO)
}

/// What a monitor listens to.
enum MulticastGroup {
  /// RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
  /// RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE.
  static let everythingInASnapshot: [Int32] = [
    RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
    RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE,
  ].map { Int32(truncatingIfNeeded: $0.rawValue) }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own headers: every number on the wire comes from here, none is retyped. */
#ifndef CNETLINK_H
#define CNETLINK_H
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A C target needs one source file; everything is in the header. */

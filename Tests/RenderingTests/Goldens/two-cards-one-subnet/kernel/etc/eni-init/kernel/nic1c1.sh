# Written by eni-init(8); changes here are lost.
# ENI eni-10000002, MAC 02:00:00:00:00:02, network card 1, device number 1
# Instance i-0123456789abcdef0
# Applied by eni-init-apply@nic1c1.service when the link appears. To override, give that
# unit a drop-in; `eni-init plan` shows what would be written here.

if ! grep -qx 02:00:00:00:00:02 /sys/class/net/nic1c1/address; then
  echo 'nic1c1 is not the ENI 02:00:00:00:00:02: left alone' >&2
  exit 0
fi

ip -force -batch - <<'END'
link set dev nic1c1 mtu 9001
link set dev nic1c1 up
address replace 10.0.1.11/20 noprefixroute dev nic1c1
route replace 10.0.0.0/20 dev nic1c1 table 10101 proto 169
route replace default via 10.0.0.1 dev nic1c1 table 10101 proto 169
rule add priority 10000 from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000 protocol 169
rule add priority 10101 from 10.0.1.11/32 lookup 10101 protocol 169
END

# Written by eni-init(8); changes here are lost.
# ENI eni-10000003, MAC 02:00:00:00:00:03, network card 1, device number 0
# Instance i-0123456789abcdef0
# Applied by eni-init-apply@nic0c1.service when the link appears. To override, give that
# unit a drop-in; `eni-init plan` shows what would be written here.

if ! grep -qx 02:00:00:00:00:03 /sys/class/net/nic0c1/address; then
  echo 'nic0c1 is not the ENI 02:00:00:00:00:03: left alone' >&2
  exit 0
fi

ip -force -batch - <<'END'
link set dev nic0c1 mtu 9001
link set dev nic0c1 up
address replace 10.0.1.12/20 noprefixroute dev nic0c1
route replace 10.0.0.0/20 dev nic0c1 table 10100 proto 169
route replace default via 10.0.0.1 dev nic0c1 table 10100 proto 169
rule add priority 10000 from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000 protocol 169
rule add priority 10100 from 10.0.1.12/32 lookup 10100 protocol 169
END

# Written by eni-init(8); changes here are lost.
# ENI eni-10000001, MAC 02:00:00:00:00:01, network card 0, device number 1
# Instance i-0123456789abcdef0
# Applied by eni-init-apply@nic1.service when the link appears. To override, give that
# unit a drop-in; `eni-init plan` shows what would be written here.

if ! grep -qx 02:00:00:00:00:01 /sys/class/net/nic1/address; then
  echo 'nic1 is not the ENI 02:00:00:00:00:01: left alone' >&2
  exit 0
fi

ip -force -batch - <<'END'
link set dev nic1 mtu 9001
link set dev nic1 up
address replace 10.0.1.10/24 noprefixroute dev nic1
route replace 10.0.1.0/24 dev nic1 table 10001 proto 169
route replace default via 10.0.1.1 dev nic1 table 10001 proto 169
rule add priority 10000 from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000 protocol 169
rule add priority 10001 from 10.0.1.10/32 lookup 10001 protocol 169
rule add priority 13200 from 10.0.0.0/24 to 10.0.1.0/24 iif lo lookup main protocol 169
rule add priority 13201 from all to 10.0.1.0/24 iif lo lookup 10001 protocol 169
END

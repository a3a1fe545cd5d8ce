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
address replace 2600:1f14:1:2::a/64 noprefixroute nodad dev nic1
route replace 2600:1f14:1:2::/64 dev nic1 table 10001 metric 1024 proto 169
route replace ::/0 via fe80:ec2::1 dev nic1 table 10001 metric 1024 proto 169
END

ip -6 -force -batch - <<'END'
rule add priority 10000 from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000 protocol 169
rule add priority 10001 from 2600:1f14:1:2::a/128 lookup 10001 protocol 169
rule add priority 13200 from 2600:1f14:1:1::/64 to 2600:1f14:1:2::/64 iif lo lookup main protocol 169
rule add priority 13201 from all to 2600:1f14:1:2::/64 iif lo lookup 10001 protocol 169
END

# Written by eni-init(8); changes here are lost.
# Secondary addresses of the primary ENI, MAC 02:00:00:00:00:00
# Instance i-0123456789abcdef0

ip -force -batch - <<'END'
address replace 10.0.0.20/32 dev ens5
address replace 10.0.0.21/32 dev ens5
address replace 2600:1f14:1:2::b/128 dev ens5 preferred_lft 0
END

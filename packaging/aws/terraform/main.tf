# SPDX-License-Identifier: Apache-2.0
#
# An instance with two ENIs in two subnets, and an Elastic IP on each. There is no user data: what the
# second ENI needs on the host, eni-init in the AMI does.

data "aws_availability_zones" "available" {
  state = "available"

  # No Local Zones, which not every instance type is in.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "this" {
  cidr_block = var.vpc_cidr

  tags = { Name = var.name }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

# In one availability zone: an ENI can be attached only in its own.
resource "aws_subnet" "this" {
  for_each = { primary = 0, second = 1 }

  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.available.names[0]
  cidr_block        = cidrsubnet(var.vpc_cidr, 8, each.value)

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = { Name = var.name }
}

# Both subnets: replies to what comes in by the second ENI go out by it, and need a way to the internet.
resource "aws_route_table_association" "public" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "SSH and ping from the client"
  vpc_id      = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id = aws_security_group.this.id
  description       = "SSH"
  cidr_ipv4         = var.client_cidr
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_vpc_security_group_ingress_rule" "ping" {
  security_group_id = aws_security_group.this.id
  description       = "Echo request"
  cidr_ipv4         = var.client_cidr
  ip_protocol       = "icmp"
  from_port         = 8
  to_port           = -1
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.this.id
  description       = "Everything"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_instance" "this" {
  ami                    = var.ami_id
  instance_type          = var.instance_type
  key_name               = var.key_name
  subnet_id              = aws_subnet.this["primary"].id
  vpc_security_group_ids = [aws_security_group.this.id]

  # eni-init speaks IMDSv2 from the host itself, for which one hop is enough. Containers need two.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    encrypted   = true
    volume_size = 8
  }

  tags = { Name = var.name }
}

resource "aws_network_interface" "second" {
  description     = "Second ENI of ${var.name}"
  subnet_id       = aws_subnet.this["second"].id
  security_groups = [aws_security_group.this.id]

  tags = { Name = "${var.name}-second" }
}

# On the host it is nic1: eni-init names an ENI by its device index.
resource "aws_network_interface_attachment" "second" {
  instance_id          = aws_instance.this.id
  network_interface_id = aws_network_interface.second.id
  device_index         = 1
}

# The primary has an Elastic IP too, and not one that EC2 lends: an instance with two ENIs gets no
# other one when it is started again. Both go by the ENI, since the instance's id would be ambiguous.
resource "aws_eip" "primary" {
  domain            = "vpc"
  network_interface = aws_instance.this.primary_network_interface_id

  tags = { Name = "${var.name}-primary" }

  # EC2 refuses it while the VPC has no way to the internet.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_eip" "second" {
  domain                    = "vpc"
  network_interface         = aws_network_interface.second.id
  associate_with_private_ip = aws_network_interface.second.private_ip

  tags = { Name = "${var.name}-second" }

  depends_on = [aws_internet_gateway.this]
}

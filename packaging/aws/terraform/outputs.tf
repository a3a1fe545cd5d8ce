# SPDX-License-Identifier: Apache-2.0
output "instance_id" {
  description = "The instance."
  value       = aws_instance.this.id
}

output "primary_public_ip" {
  description = "The Elastic IP of the primary ENI."
  value       = aws_eip.primary.public_ip
}

output "second_public_ip" {
  description = "The Elastic IP of the second ENI. SSH to it works as well, with its replies by that ENI."
  value       = aws_eip.second.public_ip
}

output "second_eni_id" {
  description = "The second ENI. On the host: ip address show <this id>."
  value       = aws_network_interface.second.id
}

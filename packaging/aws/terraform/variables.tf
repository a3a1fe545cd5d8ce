# SPDX-License-Identifier: Apache-2.0
variable "region" {
  description = "Where all of this is made."
  type        = string
}

variable "ami_id" {
  description = "An AMI with eni-init, such as ../packer makes."
  type        = string

  validation {
    condition     = can(regex("^ami-[0-9a-f]+$", var.ami_id))
    error_message = "An AMI id begins with ami-."
  }
}

variable "instance_type" {
  description = "A type on the Nitro System, for as many ENIs as are attached."
  type        = string
  default     = "t3.micro"
}

variable "key_name" {
  description = "The EC2 key pair to log in with; none by default."
  type        = string
  default     = null
}

variable "client_cidr" {
  description = "Where SSH and ping may come from, such as 198.51.100.7/32."
  type        = string

  validation {
    condition     = can(cidrhost(var.client_cidr, 0))
    error_message = "Not a network in CIDR notation."
  }
}

variable "vpc_cidr" {
  description = "The addresses of the VPC. Each subnet has a 256th of them."
  type        = string
  default     = "10.0.0.0/16"
}

variable "name" {
  description = "The name of the instance, and the tag Project of all that is made."
  type        = string
  default     = "eni-init-example"
}

# SPDX-License-Identifier: Apache-2.0
#
# Debian's official AMIs with eni-init.
#
#   packer init eni-init.pkr.hcl
#   packer build -var region=eu-west-1 -var package=/path/to/eni-init_amd64.deb eni-init.pkr.hcl
#
# Both releases are built; -only='*.debian-13' makes it one.

packer {
  required_version = ">= 1.7.0"

  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.2.2" # the first with imds_support
    }
  }
}

variable "region" {
  type        = string
  description = "Where the AMIs are made."
}

variable "subnet" {
  type        = string
  description = "The subnet of the builder, which has to be reached by SSH; one of the default VPC if empty."
  default     = ""
}

variable "package" {
  type        = string
  description = "The path of the .deb, for the architecture below."
}

variable "architecture" {
  type        = string
  description = "As Debian calls it: amd64 or arm64."
  default     = "amd64"

  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "The architecture is amd64 or arm64."
  }
}

variable "instance_type" {
  type        = string
  description = "The type of the builder, on the Nitro System and of that architecture: t4g.small for arm64."
  default     = "t3.small"
}

locals {
  built_at = formatdate("YYYYMMDD-hhmm", timestamp())
}

source "amazon-ebs" "debian" {
  region        = var.region
  subnet_id     = var.subnet
  instance_type = var.instance_type
  ssh_username  = "admin"

  # The AMI keeps no key of Packer's, and its root volume is encrypted.
  ssh_clear_authorized_keys = true
  encrypt_boot              = true

  # The builder answers IMDSv2 alone, and so do the instances of the AMI.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  imds_support = "v2.0"
}

build {
  # 136693071363 is Debian's account for releases. The name leaves out those with a backported kernel.
  source "source.amazon-ebs.debian" {
    name     = "debian-12"
    ami_name = "eni-init-debian-12-${var.architecture}-${local.built_at}"

    source_ami_filter {
      owners      = ["136693071363"]
      most_recent = true
      filters = {
        name                = "debian-12-${var.architecture}-*"
        root-device-type    = "ebs"
        virtualization-type = "hvm"
      }
    }
  }

  source "source.amazon-ebs.debian" {
    name     = "debian-13"
    ami_name = "eni-init-debian-13-${var.architecture}-${local.built_at}"

    source_ami_filter {
      owners      = ["136693071363"]
      most_recent = true
      filters = {
        name                = "debian-13-${var.architecture}-*"
        root-device-type    = "ebs"
        virtualization-type = "hvm"
      }
    }
  }

  provisioner "file" {
    source      = var.package
    destination = "/tmp/eni-init.deb"
  }

  # cloud-init writes apt's sources in the first boot. It ends with 2 for what it has recovered from.
  # Nothing is downloaded: the package needs no library that apt itself does not.
  provisioner "shell" {
    inline = [
      "cloud-init status --wait >/dev/null || test $? -eq 2",
      "sudo DEBIAN_FRONTEND=noninteractive apt-get install --yes /tmp/eni-init.deb",
      "dpkg-query --show eni-init",
      "/usr/sbin/eni-init --version",
      "rm /tmp/eni-init.deb",
    ]
  }

  # Last, so that nothing of the builder comes after. Where cloud-init has run the second already, it
  # finds nothing to do.
  provisioner "shell" {
    inline = [
      "sudo cloud-init clean --logs",
      "sudo eni-init seal",
    ]
  }
}

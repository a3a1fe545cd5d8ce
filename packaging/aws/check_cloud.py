#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks the EC2 API what the Terraform example has made there.

usage: check_cloud.py register           prints the id of a new AMI
       check_cloud.py applied <outputs>  what `terraform output -json` said has to be there
       check_cloud.py detach <outputs>   detaches the second ENI
       check_cloud.py destroyed          nothing of it may be there any more

Endpoint, region and credentials are in the environment (AWS_ENDPOINT_URL and so on). Says what is
wrong, a line each, and exits 1. Needs boto3.
"""
import json
import os
import sys

import boto3

# Never anything but a server on this machine, whoever calls this.
endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
if not endpoint.startswith("http://127.0.0.1:"):
    sys.exit(f"AWS_ENDPOINT_URL is {endpoint!r}, and a server at 127.0.0.1 is wanted")
ec2 = boto3.client("ec2", endpoint_url=endpoint)

errors = []


def expect(what, found, expected):
    if found != expected:
        errors.append(f"{what}: {found}, and {expected} is expected")
    else:
        print(f"{what}: {found}")


def register():
    image = ec2.register_image(
        Name="eni-init",
        Architecture="x86_64",
        RootDeviceName="/dev/xvda",
        VirtualizationType="hvm",
        EnaSupport=True,
    )
    print(image["ImageId"])


def enis(instance):
    """The ENIs of an instance by their device index."""
    attached = {"Name": "attachment.instance-id", "Values": [instance]}
    found = ec2.describe_network_interfaces(Filters=[attached])["NetworkInterfaces"]
    return {eni["Attachment"]["DeviceIndex"]: eni for eni in found}


def check_instance(instance):
    expect("instance", instance["State"]["Name"], "running")
    options = instance["MetadataOptions"]
    expect("IMDS", options["HttpEndpoint"], "enabled")
    expect("IMDS tokens (IMDSv2)", options["HttpTokens"], "required")
    expect("IMDS hop limit", options["HttpPutResponseHopLimit"], 1)
    data = ec2.describe_instance_attribute(
        InstanceId=instance["InstanceId"], Attribute="userData"
    )
    expect("user data", data.get("UserData", {}).get("Value"), None)


def check_elastic_ip(what, eni, public):
    owned = {"Name": "network-interface-id", "Values": [eni["NetworkInterfaceId"]]}
    found = ec2.describe_addresses(Filters=[owned])["Addresses"]
    expect(f"{what} Elastic IP", [address["PublicIp"] for address in found], [public])
    expect(
        f"{what} Elastic IP goes to",
        [address.get("PrivateIpAddress") for address in found],
        [eni["PrivateIpAddress"]],
    )


def check_way_out(what, eni):
    """The subnet of an ENI has a default route to the VPC's internet gateway."""
    associated = {"Name": "association.subnet-id", "Values": [eni["SubnetId"]]}
    gateways = {
        route.get("GatewayId", "").split("-")[0]
        for table in ec2.describe_route_tables(Filters=[associated])["RouteTables"]
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0"
    }
    expect(f"{what} default route", sorted(gateways), ["igw"])


def read(outputs):
    with open(outputs, encoding="utf-8") as file:
        return {name: value["value"] for name, value in json.load(file).items()}


def applied(outputs):
    output = read(outputs)
    instance_id = output["instance_id"]
    reservations = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    check_instance(reservations[0]["Instances"][0])

    attached = enis(instance_id)
    expect("device indexes", sorted(attached), [0, 1])
    if errors:
        return
    primary, second = attached[0], attached[1]
    expect("ENI at device index 1", second["NetworkInterfaceId"], output["second_eni_id"])
    expect("ENI at device index 1 is", second["Attachment"]["Status"], "attached")
    expect("subnets", len({primary["SubnetId"], second["SubnetId"]}), 2)
    expect(
        "availability zones", len({primary["AvailabilityZone"], second["AvailabilityZone"]}), 1
    )
    check_elastic_ip("primary", primary, output["primary_public_ip"])
    check_elastic_ip("second", second, output["second_public_ip"])
    check_way_out("primary", primary)
    check_way_out("second", second)


def detach(outputs):
    second = enis(read(outputs)["instance_id"])[1]
    ec2.detach_network_interface(AttachmentId=second["Attachment"]["AttachmentId"])


def destroyed():
    states = {
        instance["State"]["Name"]
        for reservation in ec2.describe_instances()["Reservations"]
        for instance in reservation["Instances"]
    }
    expect("instances", sorted(states - {"terminated"}), [])
    # moto keeps the primary ENI of a terminated instance, which EC2 deletes.
    left = [
        eni["NetworkInterfaceId"]
        for eni in ec2.describe_network_interfaces()["NetworkInterfaces"]
        if eni.get("Attachment", {}).get("DeviceIndex") != 0
    ]
    expect("ENIs", left, [])
    expect("Elastic IPs", ec2.describe_addresses()["Addresses"], [])
    vpcs = ec2.describe_vpcs()["Vpcs"]
    expect("VPCs", [vpc["CidrBlock"] for vpc in vpcs if not vpc["IsDefault"]], [])


COMMANDS = {"register": register, "applied": applied, "detach": detach, "destroyed": destroyed}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
    for error in errors:
        print(f"wrong: {error}", file=sys.stderr)
    sys.exit(bool(errors))

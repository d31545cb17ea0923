"""Masking: whatever is a secret goes, in the syntax of every platform; what is none stays."""

import re

import pytest

from collectors.network.masking import REMOVED, mask, stable

IOS = """Building configuration...

Current configuration : 9123 bytes
!
! Last configuration change at 10:11:12 UTC Mon Mar 2 2026 by admin
! NVRAM config last updated at 09:00:00 UTC Sun Mar 1 2026 by admin
!
version 17.9
service password-encryption
hostname acc-1
enable secret 9 $9$CANARY01$CANARY02
enable password level 7 7 CANARY03
username anna privilege 15 secret 5 $1$CANARY04$CANARY05
username bert password 0 CANARY06
username carl password 7 CANARY07
aaa authentication login default group tacacs+ local
security passwords min-length 10
tacacs-server host 10.0.0.9 key 7 CANARY08
tacacs server T1
 address ipv4 10.0.0.9
 key CANARY09
radius server R1
 address ipv4 10.0.0.8 auth-port 1812 acct-port 1813
 key 7 CANARY10
aaa server radius dynamic-author
 client 10.0.0.8 server-key 7 CANARY11
key chain OSPF
 key 1
  key-string 7 CANARY12
crypto isakmp key CANARY13 address 192.0.2.1
crypto ikev2 keyring K
 peer P
  pre-shared-key local CANARY14
  pre-shared-key remote 6 CANARY15
crypto ipsec transform-set TS esp-aes esp-sha-hmac
crypto map M 10 ipsec-manual
 set session-key inbound esp 256 cipher CANARY16 authenticator CANARY17
crypto pki certificate chain SELF
 certificate self-signed CANARY18
  3082022B 30820194 A0030201 02020101 300D0609 2A864886 F70D0101 04050030
  31312F30 2D060355 04031326 494F532D 53656C66
  \tquit
interface Vlan10
 description users of the second floor
 ip address 10.0.10.1 255.255.255.0
 ip ospf authentication-key 7 CANARY19
 ip ospf message-digest-key 1 md5 7 CANARY20
 standby 1 authentication CANARY21
 standby 2 authentication md5 key-string 7 CANARY22
 vrrp 3 authentication text CANARY23
interface Dialer1
 ppp chap password 0 CANARY24
 ppp pap sent-username user password 7 CANARY25
interface Tunnel1
 tunnel key 77
router bgp 65001
 neighbor 10.0.0.2 remote-as 65002
 neighbor 10.0.0.2 password 7 CANARY26
router isis
 domain-password CANARY27
ip ftp password 7 CANARY28
archive
 path ftp://backup:CANARY29@10.0.0.7/acc-1
snmp-server community CANARY30 RO 10
snmp-server community public RO
snmp-server host 10.0.0.6 version 2c CANARY31
snmp-server host 10.0.0.6 traps version 3 priv CANARY32
snmp-server user ops OPS v3 auth sha CANARY33 priv aes 128 CANARY34
snmp-server location row 4
ntp authentication-key 1 md5 CANARY35 7
ntp server 10.0.0.5 key 1
ntp clock-period 17179877
dot11 ssid office
 wpa-psk ascii 7 CANARY36
banner motd ^C
 For the console the password is CANARY37 - ask nobody. PIN: CANARY38
^C
line vty 0 4
 password 7 CANARY39
 transport input ssh
end
"""
NXOS = """!Command: show running-config
!Running configuration last done at: Mon Mar  2 10:11:12 2026
!Time: Mon Mar  2 12:00:00 2026

version 10.2(5) Bios:version 01.07
hostname leaf-1
feature tacacs+
password strength-check
username admin password 5 $5$CANARY01$CANARY02  role network-admin
username ops password 5 CANARY03 role network-operator
username ops passphrase  lifetime 99999 warntime 14 gracetime 3
tacacs-server key 7 "CANARY04"
tacacs-server host 10.0.0.9 key 7 "CANARY05" timeout 5
radius-server host 10.0.0.8 key 7 "CANARY06" authentication accounting
snmp-server user admin network-admin auth md5 0xCANARY07 priv 0xCANARY08 localizedkey
snmp-server community CANARY09 group network-operator
snmp-server host 10.0.0.6 traps version 2c CANARY10
ntp authentication-key 5 md5 CANARY11 7
key chain OSPF
  key 1
    key-string 7 CANARY12
interface Vlan10
  hsrp 1
    authentication text CANARY13
    ip 10.0.10.1
  ip ospf message-digest-key 1 md5 3 CANARY14
router bgp 65001
  neighbor 10.0.0.2
    remote-as 65002
    password 3 CANARY15
"""
EOS = """! Command: show running-config
! device: spine-1 (DCS-7050SX3-48YC8, EOS-4.31.2F)
!
! boot system flash:/EOS-4.31.2F.swi
!
transceiver qsfp default-mode 4x10G
hostname spine-1
enable password sha512 $6$CANARY01$CANARY02
username admin privilege 15 role network-admin secret sha512 $6$CANARY03$CANARY04
username bert secret 0 CANARY05
tacacs-server key 7 CANARY06
radius-server host 10.0.0.8 key 7 CANARY07
snmp-server community CANARY08 ro
snmp-server user ops OPS v3 auth sha CANARY09 priv aes CANARY10
ntp authentication-key 1 md5 7 CANARY11
mac security
   profile P
      key 0aff 7 CANARY12
router bgp 65001
   neighbor 10.0.0.2 password 7 CANARY13
management api http-commands
   no shutdown
ip security
   profile S
      shared-key 7 CANARY14
router ospf 1
   area 0.0.0.0 authentication
interface Ethernet1
   ip ospf message-digest-key 1 sha512 7 CANARY15
   description uplink to core
"""
JUNOS = """## Last commit: 2026-03-02 10:11:12 UTC by admin
version 21.4R3.15;
system {
    host-name core-1;
    root-authentication {
        encrypted-password "$6$CANARY01$CANARY02"; ## SECRET-DATA
    }
    authentication-order [ password radius ];
    login {
        password {
            minimum-length 10;
        }
        user ops {
            authentication {
                encrypted-password "$5$CANARY03"; ## SECRET-DATA
                plain-text-password-value "CANARY04";
            }
        }
    }
    radius-server {
        10.0.0.8 secret "$9$CANARY05"; ## SECRET-DATA
    }
    tacplus-server {
        10.0.0.9 {
            secret CANARY06;
        }
    }
    ntp {
        authentication-key 1 type md5 value "$9$CANARY07"; ## SECRET-DATA
        server 10.0.0.5 key 1;
    }
    archival {
        configuration {
            archive-sites {
                "scp://backup:CANARY08@10.0.0.7/";
                "ftp://10.0.0.7/conf" password "$9$CANARY09"; ## SECRET-DATA
            }
        }
    }
}
snmp {
    community CANARY10 {
        authorization read-only;
    }
    v3 {
        usm {
            local-engine {
                user ops {
                    authentication-sha {
                        authentication-key "$9$CANARY11"; ## SECRET-DATA
                    }
                    privacy-aes128 {
                        privacy-key "$9$CANARY12"; ## SECRET-DATA
                    }
                }
            }
        }
    }
}
security {
    ike {
        policy P {
            pre-shared-key ascii-text "$9$CANARY13"; ## SECRET-DATA
        }
    }
    ipsec {
        security-association manual {
            authentication {
                algorithm hmac-sha1-96;
                key hexadecimal CANARY14;
            }
        }
    }
    certificates {
        local {
            web {
                "-----BEGIN RSA PRIVATE KEY-----\\nCANARY15\\n-----END RSA PRIVATE KEY-----\\n";
            }
        }
    }
}
protocols {
    bgp {
        group peers {
            authentication-key "$9$CANARY16"; ## SECRET-DATA
            neighbor 10.0.0.2;
        }
    }
}
policy-options {
    community CUSTOMERS members 65001:100;
}
set system root-authentication encrypted-password "$6$CANARY17$CANARY18"
set snmp community CANARY19 authorization read-only
set system login user x authentication encrypted-password $ABC$CANARY20
"""
FRR = """Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname border-1
password CANARY01
enable password 8 CANARY02
service password-encryption
key chain K
 key 1
  key-string CANARY03
interface eth0
 ip ospf authentication-key CANARY04
 ip ospf message-digest-key 1 md5 CANARY05
 ip rip authentication string CANARY07
router bgp 65001
 neighbor 10.0.0.2 remote-as 65002
 neighbor 10.0.0.2 password CANARY06
line vty
"""
CONFIGS = {"ios": IOS, "nxos": NXOS, "eos": EOS, "junos": JUNOS, "frr": FRR}
ORDINARY = [
    "service password-encryption",
    "password strength-check",
    "hostname leaf-1",
    "aaa authentication login default group tacacs+ local",
    "security passwords min-length 10",
    "key chain OSPF",
    " key 1",
    "feature tacacs+",
    "interface GigabitEthernet1/0/1",
    " description uplink to core",
    " description users of the second floor",
    " ip address 10.0.10.1 255.255.255.0",
    " tunnel key 77",
    "crypto ipsec transform-set TS esp-aes esp-sha-hmac",
    " neighbor 10.0.0.2 remote-as 65002",
    "router ospf 1",
    "   area 0.0.0.0 authentication",
    "snmp-server location row 4",
    "ntp server 10.0.0.5 key 1",
    "    authentication-order [ password radius ];",
    "            minimum-length 10;",
    "    community CUSTOMERS members 65001:100;",
    " ip ospf authentication message-digest",
    " ip ospf authentication key-chain OSPF",
    " standby 1 authentication md5 key-chain HSRP",
    "ip ssh version 2",
    "crypto key generate rsa modulus 2048",
    "set vlans users vlan-id 10",
    "tacacs-server host 10.0.0.9 timeout 5",
    "aaa group server radius ISE",
    " transport input ssh",
    "mac address-table static 0050.569a.0001 vlan 10 interface Gi1/0/1",
    "ip route 0.0.0.0 0.0.0.0 10.0.0.1",
    "banner motd ^Cauthorised use only^C",
    "username anna privilege 15 role network-admin",
    "no ip http server",
    "spanning-tree mode rapid-pvst",
]


@pytest.mark.parametrize("platform", CONFIGS)
def test_no_planted_secret_is_left(platform):
    assert re.findall(r"\S*CANARY\d\d\S*", mask(CONFIGS[platform])) == []


def test_more_than_twenty_five_secrets_were_planted_in_all_syntaxes():
    planted = {name: len(set(re.findall(r"CANARY\d\d", text))) for name, text in CONFIGS.items()}

    assert planted == {"ios": 39, "nxos": 15, "eos": 15, "junos": 20, "frr": 7}


@pytest.mark.parametrize("line", ORDINARY)
def test_an_ordinary_line_stays_as_it_is(line):
    assert mask(line) == line


@pytest.mark.parametrize("platform", CONFIGS)
def test_masking_what_is_masked_changes_nothing(platform):
    once = stable(CONFIGS[platform])

    assert stable(once) == once


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("username a password 7 02050D480809", "username a password 7 130A1A05"),
        ("enable secret 9 $9$abc$def", "enable secret 9 $9$xyz$uvw"),
        ('secret "$9$abc"; ## SECRET-DATA', 'secret "$9$zzzzzz"; ## SECRET-DATA'),
        ("tacacs-server key 7 070C285F4D06", "tacacs-server key 7 1511021F0725"),
        ("neighbor 10.0.0.2 password 3 aa", "neighbor 10.0.0.2 password 3 bb"),
    ],
)
def test_a_password_that_was_encrypted_anew_gives_the_same_text(first, second):
    assert mask(first) == mask(second)
    assert REMOVED in mask(first)


def test_lines_that_change_by_themselves_are_dropped():
    later = IOS.replace("10:11:12", "20:21:22").replace("9123", "9124").replace("17179877", "17")

    assert stable(later) == stable(IOS)
    assert "change at" not in stable(IOS)
    assert "bytes" not in stable(IOS)
    assert stable(NXOS.replace("12:00:00", "13:00:00")) == stable(NXOS)
    assert stable(JUNOS.replace("10:11:12", "11:11:12")) == stable(JUNOS)


def test_a_certificate_with_another_number_gives_the_same_text():
    other = IOS.replace("CANARY18", "4711").replace("3082022B", "3082022C")

    assert stable(other) == stable(IOS)


def test_what_is_masked_still_says_what_stood_there():
    masked = mask(IOS)

    assert "enable secret <removed>" in masked
    assert "username bert password <removed>" in masked
    assert "snmp-server community <removed> RO 10" in masked
    assert " neighbor 10.0.0.2 password <removed>" in masked
    assert "ftp://<removed>@10.0.0.7/acc-1" in masked

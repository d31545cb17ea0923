"""Every place where a platform writes a secret, with a fresh one planted; and the places without."""

import random
import string

import pytest

from collectors.network.masking import REMOVED, mask, stable

# `@@` is the secret. Here it may stand plain or in quotes.
BY_LINE = r"""
enable password @@
enable password 7 @@
enable secret @@
enable secret 5 @@
enable  secret  5  @@
enable secret level 7 5 @@
enable algorithm-type sha256 secret @@
enable password @@ level 15
enable password level 7 7 @@
enable secret sha512 @@
username admin privilege 15 secret 9 @@
username admin privilege 15 password 0 @@
username bob algorithm-type scrypt secret @@
username bob common-criteria-policy P1 password 0 @@
username bob view ops secret @@
username bob one-time password @@
username eosu privilege 15 role network-admin secret sha512 @@
username nx password 5 @@ role network-admin
username x password 7 7 @@
aaa root secret sha512 @@
snmp-server community @@
snmp-server community @@ RO
snmp-server community @@ view v ro 10
snmp-server community @@ group network-operator
snmp-server community @@ use-ipv4acl foo
snmp-server community 7 @@ ro
snmp-server host 10.0.0.1 @@
snmp-server host 10.0.0.1 version 2c @@ bgp config
snmp-server host 10.0.0.1 informs version 2c @@
snmp-server host 10.0.0.1 vrf Mgmt version 2c @@ udp-port 162
snmp-server host 10.0.0.1 version 2c 7 @@
snmp-server host 10.0.0.1 source-interface Ethernet1 version 2c @@
snmp-server host 10.0.0.1 vrf mgmt @@
snmp-server mib community-map @@ context c
snmp mib community-map @@ engineid 1
snmp-server user u grp v3 auth sha @@ priv aes 128 @@
snmp-server user u grp v3 encrypted auth sha @@ priv aes 256 @@ access 10
snmp-server user u network-admin auth md5 @@ priv @@ localizedkey
radius-server key @@
radius-server key 7 @@
radius-server host 10.0.0.1 auth-port 1812 acct-port 1813 key @@
radius-server host 10.0.0.1 key 7 @@ authentication accounting
radius-server host 10.0.0.1 test username tst password @@ idle-time 3
tacacs-server key 7 @@
tacacs-server host 10.0.0.1 vrf MGMT key 7 @@
tacacs-server host 10.0.0.1 single-connection port 49 key @@
  key 7 @@
 key @@
 pac key 7 @@
 address ipv4 10.0.0.1 auth-port 1812 acct-port 1813 pac key 7 @@
 server-private 10.0.0.1 key 7 @@
 server-private 10.0.0.1 auth-port 1812 acct-port 1813 key @@
 server 10.1.1.1 auth-port 1645 key @@
 client 10.0.0.1 server-key @@
ldap-server host 10.0.0.1 rootDN "cn=x" password 7 @@ port 389
ntp authentication-key 1 md5 @@ 7
ntp authentication-key 1 md5 7 @@
ntp authentication-key 5 hmac-sha2-256 @@
sntp authentication-key 1 md5 @@
 neighbor 10.0.0.1 password @@
 neighbor 10.0.0.1 password 7 @@
 neighbor PG password encrypted @@
 neighbor 10.0.0.1 targeted password @@
  password 3 @@
 password @@
 ip ospf message-digest-key 1 md5 @@
 ip ospf message-digest-key 1 sha512 7 @@
 ip ospf authentication-key @@
 ip ospf authentication-key 7 @@
 area 0 virtual-link 192.0.2.1 message-digest-key 1 md5 @@
 area 0 authentication ipsec spi 256 md5 @@
 ipv6 ospf encryption ipsec spi 500 esp aes-cbc 128 0 @@ sha1 0 @@
  key-string @@
  key-string 7 @@
  key-octet-string 7 @@ cryptographic-algorithm AES_128_CMAC
  key-octet-string @@
  authentication mode hmac-sha-256 7 @@
 isis password @@ level-1
 isis authentication key 7 @@ level-1
 isis authentication key @@
 area-password clear @@
 domain-password @@ authenticate snp validate
 standby authentication @@
 standby 1 authentication @@
 standby 1 authentication text @@
 standby 1 authentication md5 key-string @@
 standby 1 authentication md5 key-string 7 @@ timeout 30
 vrrp 10 authentication text @@
 vrrp 10 peer authentication text @@
 vrrp 10 peer authentication ietf-md5 key-string @@
 glbp 10 authentication md5 key-string @@
  authentication text @@
 ip rip authentication string @@
 key 0100 7 @@
   key 0102 7 @@ fallback
   key 0abc @@
   cak @@
 macsec key 0 @@
 wpa-psk ascii 0 @@
 wpa-psk hex 7 @@
 security wpa psk set-key ascii 0 @@
 security wpa psk set-key ascii @@
 ppp chap password 7 @@
 ppp pap sent-username foo password 0 @@
crypto isakmp key @@ address 10.0.0.1
crypto isakmp key 6 @@ hostname foo
 pre-shared-key @@
 pre-shared-key local @@
 pre-shared-key remote 6 @@
 pre-shared-key address 10.0.0.1 255.255.255.0 key 6 @@
 pre-shared-key hex @@
 authentication local pre-share key 0 @@
 authentication remote pre-share key @@
 set session-key inbound esp 300 cipher @@ authenticator @@
 crypto ikev2 cluster key @@
 identity x key @@
tunnel key @@
 ip nhrp authentication @@
key config-key password-encrypt @@
 vtp password @@ hidden
 l2tp tunnel password 0 @@
ip ftp password 7 @@
ip http client password @@
kerberos srvtab entry host/x 0 1 1 1 8 @@
event manager environment _pw @@
event manager environment FTPPASS @@
license smart register idtoken @@ force
 encryption key 1 size 128bit 7 @@ transmit-key
 encryption vlan 1 key 1 size 40bit @@ transmit-key
 ip rsvp authentication key @@
 ip rsvp authentication key 7 @@
 rsvp authentication key @@
 sap pmk @@
 sap pmk @@ mode-list gcm-encrypt
 ip msdp password peer 10.0.0.1 @@
 ip msdp password peer 10.0.0.1 3 @@
 ip msdp vrf V password peer 10.0.0.1 7 @@
 mpls ldp neighbor 10.0.0.1 password @@
 mpls ldp password option 1 for 1 7 @@
 mpls ldp password option 1 for ACL 7 @@
 mpls ldp password option 1 for ACL @@
 mpls ldp vrf V password fallback 7 @@
   secret 7 @@
   secret 0 7 @@ receive-lifetime infinite
   secret 1 7 @@
   secret 12 0 @@ receive-lifetime infinite transmit-lifetime infinite
   secret 1 @@ receive-lifetime infinite transmit-lifetime infinite
 fcsp dhchap password 7 @@
 cts credentials id x password 7 @@
 credential username x password 7 @@ realm r
ap dot1x username x password 0 @@ secret 0 @@
 aaa authorization group psk list x password 6 @@
 group-key @@
 redundancy-key @@
 pin @@
 description password @@
 description pw @@
 description PSK: @@
remark password @@
   action bash sshpass -p @@ scp a b
set system login user x authentication plain-text-password-value @@
set system radius-server 10.0.0.1 secret @@
set system ntp authentication-key 1 type md5 value @@
set system ntp authentication-key 1 value @@
set snmp community @@
set snmp community @@ authorization read-only
set snmp trap-group @@ targets 10.0.0.1
set snmp v3 snmp-community idx community-name @@
set snmp v3 usm local-engine user u authentication-sha authentication-password @@
set protocols bgp group g authentication-key @@
set protocols ospf area 0 interface ge-0/0/0 authentication md5 1 key @@
set protocols ospf area 0 interface ge-0/0/0 authentication simple-password @@
set protocols isis interface ge-0 hello-authentication-key @@
set security ike policy p pre-shared-key ascii-text @@
set security authentication-key-chains key-chain k key 1 secret @@
set security macsec connectivity-association ca pre-shared-key cak @@
set interfaces pp0 unit 0 ppp-options chap default-chap-secret @@
set system license keys key @@
set system master-password @@
            secret @@;
            authentication-key @@; ## SECRET-DATA
            value @@; ## SECRET-DATA
            whatever-comes-next @@; ## SECRET-DATA
            community-name @@;
            md5 1 key @@;
            key hexadecimal @@;
            pre-shared-key ascii-text @@;
            plain-text-password-value @@;
    community @@ {
    community @@;
    trap-group @@ {
""".strip("\n").splitlines()
# Here the secret is a part of a word, or the lines around tell that it is one.
IN_CONTEXT = [
    "   exec /usr/bin/TerminAttr -cvauth=key,@@ -cvcompression=gzip",
    "   exec /usr/bin/TerminAttr -ingestauth=key,@@ -taillogs",
    " path scp://backup:@@@10.0.0.7/$h-$t",
    " path ftp://backup:p@x@@@10.0.0.7/$h-$t",
    "   action bash curl -u user:@@ https://h",
    "   action bash curl --user 'user:@@' https://h",
    ' action 3 mail server "u:@@@mx.example" to "a@b.example"',
    ' action 2.0 cli command "@@" pattern "#"',
    ' action 2.0 cli command "username x password @@"',
    ' action 1.0 cli command "copy run scp:" pattern "assword"\n action 2.0 cli command "one @@"',
    "feature hsrp\ninterface Vlan1\n  hsrp 1\n    authentication @@",
    "snmp {\n    community @@ {\n        authorization read-only;\n    }\n    community @@;\n}",
    'snmp {\n    trap-group "@@" {\n        version v2;\n    }\n}',
    "banner motd ^C\nUse login: admin / @@\n^C",
    "banner motd ^C password is @@ ^C",
    '    message "the password is: @@";',
    "crypto key pubkey-chain rsa\n named-key x\n  key-string\n   @@ 0122\n  quit",
    "username admin privilege 15 secret\n 9 @@",
    "username bob password 0 @@ ! it was @@",
    "username bob password @@;@@",
    "neighbor 10.0.0.2 password @@;@@",
    "alias exec x test aaa group radius admin @@ legacy",
    'set system login announcement "password @@"',
]
UNTOUCHED = r"""
service password-encryption
no password strength-check
security passwords min-length 10
ntp server 10.0.0.1 key 5
ntp server 10.0.0.1 key 3 prefer
ntp trusted-key 1
key chain KC
  key 1
 accept-lifetime local 00:00:00 Jan 1 2020 infinite
   cryptographic-algorithm md5
 cryptographic-algorithm hmac-sha-256
 ip ospf authentication message-digest
 authentication mode md5
 authentication key-chain KC
 isis authentication key-chain KC
 standby 1 authentication md5 key-chain KC
 mpls ldp password option 1 for ACL key-chain KC
 neighbor 192.0.2.1 ao KC
aaa authentication login default group tacacs+ local
aaa group server tacacs+ TAC
 server-private 10.0.0.1 vrf Mgmt
crypto key generate rsa modulus 2048
ip ssh server algorithm mac hmac-sha2-256 hmac-sha2-512
ip ssh server algorithm mac hmac-sha2-256-etm@openssh.com hmac-sha2-512
ip ssh server algorithm encryption aes256-ctr
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
 hash md5
 authentication pre-share
 integrity sha256
snmp-server group G v3 priv read V
snmp-server host 10.0.0.1 use-vrf management
snmp-server host 10.0.0.1 source-interface Ethernet1/1
snmp-server view V iso included
set protocols bgp group g authentication-algorithm md5
set security ike proposal p authentication-algorithm sha-256
set system authentication-order [ radius password ]
set system authentication-order radius
authentication-order [ radius password ];
authentication-order password;
set system login password minimum-length 10
set system login password format sha512
set system services ssh protocol-version v2
set policy-options community C members 65000:1
    community Zone members 65000:100;
        server 10.0.0.5 key 1;
ip community-list standard C permit 65000:1
 set community 65000:1 additive
 match community C
 neighbor 192.0.2.1 send-community extended
 description Uplink to core secret-lab rack 3
 description key account customer 5
 description token ring museum
 description Password reset kiosk
 description pin 5 on patch panel 3
 name secret
 authentication port-control auto
 authentication host-mode multi-auth
 authentication periodic
 authentication timer reauthenticate server
 standby 1 preempt
 vrrp 1 priority 120
tacacs-server directed-request
radius-server attribute 6 on-for-login-auth
radius-server dead-criteria time 5 tries 3
 mka pre-shared-key key-chain KC
 mka key-server priority 10
  pre-shared-key { ckn 0102; }
   password encryption-key common
   password minimum length 8
password secure-mode
   session shared-secret profile P
   neighbor 192.0.2.1 password shared-secret profile P algorithm aes-128-cmac-96
   protocol https certificate a.crt key a.key
set protocols ospf area 0 interface ge-0/0/0 authentication md5 1 start-time now
 isis authentication mode md5 level-1
 ip authentication mode eigrp 1 md5
snmp-server enable traps snmp authentication linkdown
login block-for 60 attempts 3 within 60
 authentication remote pre-share
crypto isakmp keepalive 10
   exec /usr/bin/TerminAttr -cvauth=token,/tmp/token
username nx passphrase lifetime 99999 warntime 7
 tunnel key 12345
 action 1.0 cli command "enable"
 action 2.0 cli command "show running-config"
event manager environment _email_to a@b.example
""".strip("\n").splitlines()


def fresh():
    drawn = random.SystemRandom()
    return "Q" + "".join(drawn.choices(string.ascii_letters + string.digits, k=13)) + "z"


def assert_gone(line, *, quote="", blank=""):
    # A second secret must give the same text, and the masked text must stay as it is.
    secrets = [fresh() for _ in range(4)]
    one, two = (
        line.replace("@@", f"{quote}{first}{blank and blank + second}{quote}")
        for first, second in (secrets[:2], secrets[2:])
    )

    masked = stable(one)

    assert not [secret for secret in secrets if secret in masked]
    assert masked == stable(two)
    assert mask(masked) == masked
    assert REMOVED in masked or "[redacted]" in masked


@pytest.mark.parametrize("line", [*BY_LINE, *IN_CONTEXT])
def test_a_planted_secret_is_gone_and_another_gives_the_same_text(line):
    assert_gone(line)


@pytest.mark.parametrize("line", BY_LINE)
def test_a_secret_in_quotes_is_gone(line):
    assert_gone(line, quote='"')


@pytest.mark.parametrize("line", BY_LINE)
def test_a_secret_of_two_words_in_quotes_is_gone(line):
    assert_gone(line, quote='"', blank=" ")


@pytest.mark.parametrize("line", UNTOUCHED)
def test_a_line_without_a_secret_stays_whole(line):
    assert mask(line) == line


def test_names_of_communities_in_policies_stay():
    policy = "policy-options {\n    community C members 65000:1;\n    from {\n        community C;\n    }\n}"

    assert mask(policy) == policy

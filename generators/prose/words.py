"""Words that are no names: what people and models write about datacenters anyway.

A word outside these lists is only questioned where its shape or its place says that it is a name.
"""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Terms of the field in whatever case; they name no asset.
TERMS = words_of(
    """
    vcenter vcenters vsphere vmware esxi vm vms ha drs evc cpu cpus vcpu vcpus ram ntp dns ssh tls
    mtu vlan vlans nic nics hba lun luns nfs vmfs vsan iscsi io i/o n+1 mib gib tib kib pib mhz ghz
    mbps gbps gb mb tb kb id ids url ip ips it os bios uuid csv json api sla lldp cdp tcp udp http
    https snmp syslog kubernetes prefect nightshift datacenter datacenters
    """
)
# After one of these, an unknown word is taken for the name of such a thing.
NAMING = words_of(
    """
    cluster host datastore vm machine network switch pool server datacenter site vcenter named
    called group portgroup vlan licence license source
    """
)
# Words that may begin a sentence. A capital at the start says nothing, so a stranger is refused.
OPENERS = words_of(
    """
    a about across additionally after all also an another any are as at be because before both
    by can could currently did do does down during each few for from had has have here however
    if in into is it its less many may might more most must no none nor not note now of on one
    only onto or other others out over overall per please several shall should since so some
    such the their there therefore these they this those throughout till to today too toward
    towards under until up upon very via was were when where while will with within without
    would
    """
)
# Ordinary words: sentence openers with a meaning, and parts of hyphenated terms.
ORDINARY = (
    OPENERS
    | NAMING
    | words_of(
        """
        about access account accumulate accumulated action active add added addition
        additional address addressed addressing adjusted adjustment admin administrator
        administrators admins admission admission-control affect affected affecting affects
        again against age ago alarm alarms alert alerts allocated almost already although
        always amount and anything appear appeared appears application applications applied
        apply approximately are area around asset assets attached attention attributed
        authentication automation availability availability-related available away back
        backup backups balance be became become becomes been being belong belongs below
        besides between booting business but came can cannot capability capacity cause
        causes certificate certificates change changed changes changing check checked checks
        clock clocks close cluster clusters collected collection coming committed complete
        comprises configuration configured configuring confirm confirmed confirming
        connected connection connections consequently consider consistent consists
        consolidation consume consumes consumption contains contention control correct
        corrected correctly corrupted corruption cost costs could count counts coverage
        crash crashed crashes created creation critical current data datastore datastores
        date days decided degradation degraded delete deleted deleting deletion depend
        depends despite disabled disabling disconnected disk disks disruption disruptions
        distributed does doing done downtime drift due early enable enabled enabling end
        end-of-life ended ending enlarged ensure ensuring environment error especially every
        everyone examine exceed exceeds exhausted exhaustion existing expand expanded expire
        expired expires expiring expiry exposed exposure facts fail failed failed-over
        failing failover fails failure failures fault field fields fill filling fills
        finally finding findings first first-time fix fixed follow following found free
        freed full full-time further furthermore gave gets getting given gives giving going
        gone good got group groups grow growing grown guarantee guaranteed guest had half
        hardware has have having health healthy high high-availability highest hold holds
        host hosted hosts hour hours how idle immediate impact impacted impacting impacts
        important importantly in incident include includes including inconsistency
        inconsistent incorrect increase increased indicate indicates information
        infrastructure inspect install installed instead interruption interruptions
        inventory investigate investigating investigation involved is issue issues itself
        just keep keeping keeps kept key known lack lacks large largest last latency later
        latest lead leads least leave leaves leaving left level licence licences license
        licenses like limit limited limits link list listed little load located log logging
        login logins logs long long-running long-term longer lose loses losing loss lost low
        lower lowered lowest machine machines made main maintenance make makes making
        management manages matter may means meanwhile medium memory might migrate migrated
        migration minor misconfiguration misconfigured missing mixed mixture mode
        modification modified monitor monitoring month months moreover move moved moves
        moving much must name names near near-full nearly need needed needs network networks
        never new newer newest next nobody none normal not notably nothing number observed
        off often old older oldest on once online open operating operation operations
        operators order orphaned otherwise out-of-date outage outages outdated overcommitted
        overload overloaded oversized own part particularly password patch patched patches
        patching path paths pending perform performance period permission physical place
        plan planned pool pools poor port ports possible potential power powered powered-off
        powered-on present prevent previous previously prior priority privilege privileges
        problem problems process production promptly protect protected protection provide
        provides provisioned puts putting quickly raise raised rather reach reached read
        read-only ready reason reboot rebooted reboots recently recommend recommended
        reconnect reconnected record recorded recover recovery reduce reduced reducing
        redundancy redundant reflect reflects related release remain remained remaining
        remains remedy remove removed removing replace replaced report reported reports
        require required requires reservation reservations reserved resolve resource
        resources restart restarted restarting restore restored restoring result results
        review reviewed reviewing risk risks role root-cause roughly run running runs same
        saturation schedule scheduled scheduling second secure security see seem seems seen
        sees serious server servers service service-level services set setting settings
        severe severity share shared short short-term shortage should show shown shows
        shrink shrunk shut shutting significant single single-path site size small snapshot
        snapshots so software something sometimes soon source sources space spread stable
        stale standard standby start started starting state states status still stop stopped
        stopping storage storage-related stored such sufficient suggest suggesting suggests
        summary support supported survive survives suspended switch switches synchronised
        synchronized system systems table take taken takes taking target team temporary than
        that themselves then thin threshold through thus time time-critical timestamp
        timestamps to-date together tolerate tolerated tolerates took tools top total
        totaling totalling totals traffic trend true twelve type types unavailable unchanged
        unclear uncommitted undecided unknown unless unlimited unpatched unplanned
        unsupported until unused up-to-date update updated updating upgrade uplink uplinks
        upon uptime urgent usage use used user users uses using utilisation utilization
        validate validated value values verify version versions very via virtual
        virtual-machine virtual-machines volume volumes vulnerabilities vulnerability
        warning warnings was watch week weeks well went were what whether which who whole
        whose why will window work working workload workloads worst worst-case would yet you
        your zero
        """
    )
)

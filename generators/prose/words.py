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
    or nor into onto across per until till upon toward towards throughout via is are was were be do
    does did has have had can could may might must shall should will would not so such too very
    the a an all no none there this these those some several many few each any it its they their
    one other others another overall additionally also however therefore because since as at by for
    from in of on to with without within under over after before during while when where if both
    please note currently now today here only more most less about out up down
    """
)
# Ordinary words: sentence openers with a meaning, and parts of hyphenated terms.
ORDINARY = (
    OPENERS
    | NAMING
    | words_of(
        """
    access account action administrator administrators admin admins log logs timestamp timestamps
        unpatched login logins user users application applications service-level workload workloads
        business data backup backups recovery cost costs access active add added address administrator admission affected against age
    alarm alarms alert alerts allocated amount and appeared applied apply are area asset assets
    attached attention automation available availability away back backup balance be been being
    below besides between but can cannot capacity cause causes certificate certificates change
    changed changes changing check checked checks close cluster clusters collected collection
    complete configuration configured configuring connected connection connections consider
    consolidation control could count counts coverage created critical current data date days
    decided deleted depend depends disabled disconnected disk disks distributed does done due early
    enable enabled end ended ending environment error every examine exceed exceeds existing expand
    expire expired expires expiring expiry facts fail failed fails failure failures fault field
    fields finding findings first fix fixed follow following found free freed full further gone
    good group groups grow growing grown guest had half hardware has have having health healthy
    high highest hold holds host hosts hour hours how immediate impact important in-use incident
    include includes including increase increased indicate indicates information infrastructure
    inspect install installed inventory investigate involved is issue issues just keep kept key
    known lack lacks large largest last later latest lead leads least leave left level licence
    licences license licenses like limit limited limits link list listed little load located long
    longer loss lost low lower lowest machine machines main maintenance make management manages
    matter may means medium memory might migrate minor missing mode month months move much must
    name names near nearly need needed needs network networks new newer newest next normal not
    nothing number observed of-date off old older oldest on once online open operating operation
    operations operators order own part password path paths pending perform performance period
    permission physical place plan planned pool pools poor port ports possible potential power
    powered present prevent previous previously prior priority privilege privileges problem
    problems process production protect protected protection provide provides rather reach reached
    read ready reason reboot recommend recommended record recorded recorded recover redundancy
    redundant reduce reduced reducing related release remain remained remaining remains remedy
    remove removed removing replace report reported reports require required requires reservation
    reservations reserved resolve resource resources restart restarted result results review
    reviewed reviewing risk risks role run running runs same second secure security see seen sees
    serious server servers service services set setting settings severe severity share shared short
    shortage should show shown shows significant single site size small snapshot snapshots so
    software source sources space spread stable standard standby start started state states status
    still stop stopped storage stored such sufficient summary support supported suspended switch
    switches synchronised synchronized system systems table take taken target team temporary than
    that then thin threshold through thus time tools top total traffic trend true twelve type types
    unavailable unchanged unclear uncommitted undecided unknown unlimited unplanned until unused
    update updated updating upgrade uplink uplinks upon urgent usage use used uses using utilization
    utilisation value values verify version versions very via virtual volume volumes warning
    warnings was watch week weeks well were what whether which who whole whose why will window work
    working worst would yet you your zero datastore datastores attributed totals totalling
    totaling comprises contains consists hosted provisioned overcommitted committed mixed mixture
    date to-date end-of-life single-path read-only up-to-date outage outages crash crashes crashed downtime misconfiguration misconfigured saturation
    exhaustion exhausted contention overload overloaded latency corruption corrupted interruption
    interruptions disruption disruptions degradation degraded become becomes became itself
    themselves would should ensure ensuring monitor monitoring schedule scheduled scheduling delete
    deleting addressing address addressed failing failover investigating reconnect reconnected
    replaced correct corrected correctly incorrect inconsistent inconsistency consistent uptime
    patch patches patched patching vulnerability vulnerabilities exposed exposure unsupported
    outdated stale oversized idle orphaned accumulated accumulate consumes consume consumption fill
    fills filling full-time together belong belongs suggests suggest suggesting reflects reflect
    appears appear seems seem came went moved moves moving migrated migration added addition
    additional creation deletion modification modified adjusted adjustment raised raise lowered
    expanded enlarged shrunk shrink tolerate tolerates tolerated survive survives guarantee
    guaranteed capability clock clocks drift authentication logging certificate-based admission-control
    powered-off powered-on failed-over virtual-machine
    virtual-machines time-critical high-availability availability-related storage-related
    soon promptly quickly first-time recently ago otherwise instead whether further-more especially
    particularly notably importantly finally meanwhile furthermore moreover consequently
    despite although unless once both-sided every everyone nobody none nothing anything something
    always never often sometimes already yet again almost about around roughly approximately
    affecting affects affect impacted impacting impacts leaving leaves left-over making makes made
    taking takes took given giving gives gave getting gets got keeping keeps putting puts
    being having doing going coming losing lose loses lost restoring restore restored
    enabling disabling stopping starting restarting booting reboots rebooted shutting shut
    confirm confirmed confirming validate validated investigation attention-needed
    root-cause worst-case long-running short-term long-term near-full out-of-date
    """
    )
)

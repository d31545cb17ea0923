"""The names that people give the fields of an alert, in lower case, letters and digits only.

Of several in a list the first one counts: the plainest comes first.
"""

from __future__ import annotations

from collectors.alerts import entities
from collectors.alerts.wordlists import listed
from models.records.alert import AlertStatus

RULE = listed(
    "alertname rulename alertrule rule monitorname checkname triggername conditionname policyname "
    "alarmname searchname eventname check"
)
SERVICE, HOST, ENVIRONMENT, REGION = (
    tuple(dict.fromkeys(name.replace("_", "") for name in (*names, *more)))
    for names, more in (
        (entities.SERVICE, ("services", "component")),
        (
            entities.HOST,
            listed("hosts hostnames devicename nodelabel hostnameandport sysname devname nename"),
        ),
        (entities.ENVIRONMENT, ("environments",)),
        (entities.REGION, ()),
    )
)
# A database or application can be one of these too: what else names a host says it better.
INSTANCE = listed("instance instancename")
HOST = tuple(name for name in HOST if name not in INSTANCE)
# What stands before such a name where it is said of which service or host: `affected_host`.
WHICH = listed(
    "affected impacted target source origin failing failed monitored alarmed owning business "
    "application app agent device database db primary main root alert alarm incident problem"
)
SERVICE_ENDS = tuple(f"{which}{end}" for which in WHICH for end in ("service", "servicename"))
_MACHINES = listed("host hostname server devicename node nodename computername machinename")
HOST_ENDS = tuple(f"{which}{end}" for which in WHICH for end in _MACHINES)
# People put anything before these: `deploy_env`, `alarm_severity`; what was before is not meant.
ENVIRONMENT_ENDS = ("environment", "environmentname", "env")
SEVERITY_ENDS = ("severity", "criticality", "urgency")
NOT_NOW = listed("previous prev old last former original default min max runtime exec execution")
# These say it only where their value is a word for it.
BESIDE_ENVIRONMENT = ("tier", "landscape", "profile", "envtype", "environmenttype")
ENVIRONMENTS = frozenset(
    listed("production prod staging stage stg preprod development dev test testing qa uat sandbox")
)
BESIDE_SEVERITY = ("impact", "rank", "grade", "risk")
# These name an alert wherever they stand,
STRONG_TITLE = listed(
    "title alerttitle eventtitle incidenttitle problemtitle alertname summary subject headline "
    "rulename alertrule alarmname monitorname checkname triggername conditionname searchname "
    "eventname alertsummary incidentsummary problemsummary alarmtitle alarmsummary alertsubject "
    "message msg alertmessage shortdescription specificproblem problemname threatname "
    "alerttext alarmtext problemtext incidenttext eventtext alarmmessage problemmessage"
)
# and these where a state, a severity, a host or an id of an alert stands beside them.
WEAK_TITLE = listed(
    "name displayname text markdown fallback trigger problem alert alarm incident fault outage "
    "rule humanreadable "
    "statustext briefdescription logmessage description details detail "
    "reason errormessage error body check monitor event eventmessage service servicename "
    "servicedescription servicedesc pluginoutput output exception dagid taskid jobname job "
    "pipeline pipelinename workflow workflowname taskname flowname testname policyname buildname "
    "entitydisplayname statemessage trapname trap incidentdescription problemdescription "
    "alertdescription content"
)
TITLE = (*STRONG_TITLE, *WEAK_TITLE)
# People put anything before these: `finding_title`, `detections.description`.
TITLE_ENDS = ("title", "summary", "headline", "shortdescription", "message", "description")
NO_TITLE = ("commit", "chat", "user", "welcome", "direct", "custom")
# What is measured names an alert that has no other name.
MEASURE_TITLE = listed("checkfield metricname metric measure sensorname itemname objectname")
# What kind of alert it is names one that has no other name, where a severity stands beside it.
KIND_TITLE = listed("alerttype alarmtype eventtype problemtype type")
# Of these `true` or a number says that something is wrong: `{"alarm": true}`.
FLAGGED = listed("alert alarm incident problem outage")
ALONE = frozenset({*STRONG_TITLE, *FLAGGED, *listed("text content markdown")})
DESCRIPTION = listed(
    "description message details detail longdescription body text eventmsg eventmessage output "
    "reason msg summary alertmessage errormessage content note"
)
# What an alert is called, and what it is like, in one name: `incidentState`, `alarm_priority`.
CALLED = listed("alert incident problem alarm issue event monitor check trigger ticket")
STATUS = (
    *listed("conclusion status state alertstatus alertstate currentstate currentstatus newstate "
            "newstatus eventaction alerttransition transition"),
    *(f"{name}{end}" for name in CALLED for end in ("status", "state")),
    *listed("statuscode current alertevent action eventtype notificationtype alerttype event type "
            "result outcome entitystate messagetype currentmilestone milestone phase currentphase "
            "reason notifytype trap"),
)  # fmt: skip
# Where these are true, or false, they say what the condition is like.
FLAGS = (
    ("resolved", True, AlertStatus.RESOLVED), ("isresolved", True, AlertStatus.RESOLVED),
    ("closed", True, AlertStatus.RESOLVED), ("isclosed", True, AlertStatus.RESOLVED),
    ("cleared", True, AlertStatus.RESOLVED), ("recovered", True, AlertStatus.RESOLVED),
    ("active", False, AlertStatus.RESOLVED), ("isactive", False, AlertStatus.RESOLVED),
    ("firing", False, AlertStatus.RESOLVED), ("isfiring", False, AlertStatus.RESOLVED),
    ("inalarm", False, AlertStatus.RESOLVED), ("triggered", False, AlertStatus.RESOLVED),
    ("silenced", True, AlertStatus.SUPPRESSED), ("muted", True, AlertStatus.SUPPRESSED),
    ("suppressed", True, AlertStatus.SUPPRESSED), ("acknowledged", True, AlertStatus.ACKNOWLEDGED),
    ("acked", True, AlertStatus.ACKNOWLEDGED), ("backtonormal", True, AlertStatus.RESOLVED),
    ("fixed", True, AlertStatus.RESOLVED), ("solved", True, AlertStatus.RESOLVED),
    ("ok", True, AlertStatus.RESOLVED), ("healthy", True, AlertStatus.RESOLVED),
    ("isup", True, AlertStatus.RESOLVED), ("isopen", False, AlertStatus.RESOLVED),
    *((f"{which}{end}", False, AlertStatus.RESOLVED)
      for which in ("alarm", "alert") for end in ("", "status", "state", "active")),
    *((which, False, AlertStatus.RESOLVED) for which in ("problem", "fault", "outage")),
)  # fmt: skip
# Only these are a flag as a number too: `alarmStatus: 1`; elsewhere it may be a count.
COUNTED = ("alarm", "alert", "is", "in", "problem", "fault", "outage")
# Such a kind of event has one that is over too.
ANY_KIND = frozenset(listed("alert alarm event"))
# That it came to its end says not how: `{"action": "completed", "build": {"status": "failure"}}`.
ENDED = frozenset(listed("completed complete finished ended end done"))
# The fields for what it is like now, which senders of the Nagios family fill with how bad it is.
STATES = listed(
    "status state newstate newstatus currentstate currentstatus entitystate messagetype result"
)
# A code beside its word: `"severity": 3, "severityString": "Critical"`.
WORDED = ("string", "text", "label", "name", "displayname")
# Where there is no such field, one for how bad it is may say that it is over.
LEVELS = listed(
    "severity alertseverity eventseverity perceivedseverity level alertlevel alarmlevel"
)
OVER = frozenset(listed("ok okay normal clear cleared resolved recovered recovery up"))
SEVERITY = listed(
    "severity alertseverity eventseverity severityname severitylevel severitytext sev "
    "triggerseverity incidentseverity perceivedseverity severitylabel alertpriority priority "
    "prioritylevel prio level alertlevel loglevel alarmlevel criticality urgency importance "
    "importancelevel threatlevel risklevel errorlevel triggerlevel"
)
SEVERITY = (*SEVERITY, *(f"{name}priority" for name in CALLED))
IDENTITY = listed(
    "fingerprint dedupkey deduplicationkey dedupekey dedupid alertkey incidentkey aggregkey "
    "correlationid correlationkey alertobjectid alertid alertuid incidentid problemid issueid "
    "alias alarmid monitorid checkid triggerid ruleid eventkey"
)
# The id of a rule is that of all its alerts: the entity tells them apart.
RULE_IDS = frozenset({"monitorid", "checkid", "ruleid", "triggerid"})
SIGNS = (
    *STATUS[: STATUS.index("action")],
    *SEVERITY,
    *IDENTITY,
    *listed(
        "host hostname server startsat firedat triggeredat timestamp threshold alerttype "
        "result exitcode messagetype varbinds variablebindings trapoid"
    ),
)
BEGAN = listed(
    "startsat startedat starttime started start firedat firedtime triggeredat triggertime "
    "firstseen createdat created createdon openedat opened activatedat startdate begin begintime "
    "raisedat raisedtime triggerdate triggertimeutc problemstarttime eventstart alertstart "
    "incidenttime alarmtime alerttime timeofalert timeofevent failedat activationtime createdtime "
    "creationtime activatedtime startts starttimestamp"
)
CHANGED = listed(
    "occurredat eventtime timestamp time datetime date ts when updatedat lastupdated lastseen "
    "eventdate alertdatetime"
)
ENDS = listed(
    "endsat endedat endtime ended end resolvedat resolvedtime resolved closedat recoveredat "
    "clearedat recoverytime"
)
LINKS = {
    "url": "source", "link": "source", "htmlurl": "source", "alerturl": "source",
    "permalink": "source", "incidenturl": "source", "weburl": "source", "href": "source",
    "eventurl": "source", "sourceurl": "source", "generatorurl": "source", "runbookurl": "runbook",
    "runbook": "runbook", "runbooklink": "runbook", "dashboardurl": "dashboard",
    "dashboard": "dashboard", "dashboardlink": "dashboard",
}  # fmt: skip
LABELS = listed(
    "labels commonlabels tags dimensions attributes metadata meta customdetails details properties "
    "fields context extra resource entity resourceattributes customfields customproperties "
    "varbinds variablebindings"
)
NOTES = ("annotations", "commonannotations")
# Where the alerts stand: in a list, in an object that is one, in an object around one.
MEMBERS = listed("alerts events incidents problems alarms notifications messages items records")
# Other lists say by their names what those in it are like: `newIssues`, `cleared_alarms`.
GROUPS = listed("alerts alarms issues incidents problems findings violations faults checks")
# Beside one alert these are samples of what it is about.
SAMPLES = ("events", "messages", "items", "records")
OBJECTS = listed(
    "alert incident problem issue alarm monitor check rule fault error exception detector control"
)
CASES = listed("alert incident problem issue alarm")
NAMED_SO = ("alert", "incident", "problem", "alarm")
# These are what is measured: one names an alert that has only a kind of event for a name.
MEASURED = ("sensor", "probe", "metric", "point", "test")
# Of these the address is what they look at, not where to read of them.
LOOKING = ("monitor", "check", "site")
AROUND = listed(
    "event eventdata content notification data payload detail details trigger message execution "
    "body attachments embeds result response essentials"
)
# Messages made for a chat have the fields in blocks of these, under these names.
BLOCKS = ("attachments", "sections", "embeds")
IN_BLOCKS = ("fields", "facts")
# Label objects that have their labels one deeper.
WITHIN = ("attributes", "labels", "tags")
# What a device is called within an object for it.
IN_DEVICE = listed("systemname dnsname")
# These objects are about who tells of it, people, or what it was before.
NOT_THE_HOST = listed(
    "probe prober poller collector reporter sender observer monitor scanner user actor author "
    "owner annotations commonannotations labels tags previous prev old last"
)
BESIDE_HOST = listed(
    "target srv sourcename client clientname resource resourcename entity entityname device "
    "devicename systemname source ip ipaddress address "
    "element object objectname configurationitem ci affectedhost hostaddress "
    "managedelement networkelement elementname agentaddress agentaddr agent "
    "alarmedobject managedobject affectedobject affectedresource affectedentity asset"
)
TEXTS = frozenset(
    [*TITLE, *DESCRIPTION, *STATUS[:10], *SEVERITY, *BEGAN, *CHANGED, *ENDS, *LINKS, *IDENTITY]
) - {"service", "servicename"} | {"id", "eventid", "uuid"}  # fmt: skip

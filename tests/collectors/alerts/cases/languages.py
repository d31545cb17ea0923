"""Senders that speak no English: the names of their fields, and their words."""

from tests.collectors.alerts.cases import Case

CASES = {
    "hausalarm": [
        Case("german",
             {"meldung": "USV 2 läuft auf Batterie", "schweregrad": "kritisch", "zustand":
             "Störung", "gerät": "usv-2", "standort": "Frankfurt", "umgebung": "produktion",
             "zeit": "03.10.2026 04:05:06"},
             ({"title": "USV 2 läuft auf Batterie", "status": "firing", "severity": "critical",
             "service": None, "host": "usv-2", "environment": "produktion"},), same="de"),
        Case("german over",
             {"meldung": "USV 2 läuft auf Batterie", "schweregrad": "kritisch", "zustand":
             "behoben", "gerät": "usv-2", "standort": "Frankfurt", "umgebung": "produktion",
             "zeit": "03.10.2026 04:05:06"},
             ({"title": "USV 2 läuft auf Batterie", "status": "resolved", "severity": "critical",
             "service": None, "host": "usv-2", "environment": "produktion"},), same="de"),
    ],
    "supervision": [
        Case("french",
             {"titre": "Volume /data presque plein", "gravité": "majeure", "état": "actif", "hôte":
             "nas-lyon-1", "horodatage": 1790000000, "environnement": "recette"},
             ({"title": "Volume /data presque plein", "status": "firing", "severity": "high",
             "service": None, "host": "nas-lyon-1", "environment": "recette"},), same="fr"),
        Case("french over",
             {"titre": "Volume /data presque plein", "gravité": "majeure", "état": "résolu",
             "hôte": "nas-lyon-1", "horodatage": 1790000000, "environnement": "recette"},
             ({"title": "Volume /data presque plein", "status": "resolved", "severity": "high",
             "service": None, "host": "nas-lyon-1", "environment": "recette"},), same="fr"),
    ],
    "guion": [
        Case("spanish",
             {"titulo": "Temperatura alta en sala 2", "gravedad": "crítica", "estado": "abierto",
             "servidor": "sens-02", "fecha": "2026-10-01 00:00:00", "entorno": "producción"},
             ({"title": "Temperatura alta en sala 2", "status": "firing", "severity": "critical",
             "service": None, "host": "sens-02", "environment": "producción"},), same="es"),
        Case("spanish over",
             {"titulo": "Temperatura alta en sala 2", "gravedad": "crítica", "estado": "resuelto",
             "servidor": "sens-02", "fecha": "2026-10-01 01:00:00", "entorno": "producción"},
             ({"title": "Temperatura alta en sala 2", "status": "resolved", "severity": "critical",
             "service": None, "host": "sens-02", "environment": "producción"},), same="es"),
    ],
    "scriptit": [
        Case("italian nested",
             {"evento": {"titolo": "Disco guasto nel nodo", "livello": "alto", "stato": "attivo"},
             "dispositivo": {"nome": "nodo-11"}},
             ({"title": "Disco guasto nel nodo", "status": "firing", "severity": "high", "service":
             None, "host": "nodo-11", "environment": None},)),
    ],
    "script_ru": [
        Case("russian",
             {"заголовок": "Закончилось место на диске", "важность": "критический", "статус":
             "проблема", "хост": "srv-msk-1"},
             ({"title": "Закончилось место на диске", "status": "firing", "severity": "critical",
             "service": None, "host": "srv-msk-1", "environment": None},)),
    ],
    "script_cn": [
        Case("chinese",
             {"告警名称": "磁盘空间不足", "告警级别": "严重", "状态": "已恢复", "主机":
             "node-bj-7", "时间": "2026-10-01 00:00:00"},
             ({"title": "磁盘空间不足", "status": "resolved", "severity": "critical", "service":
             None, "host": "node-bj-7", "environment": None},)),
    ],
    "dutch": [
        Case("script",
             {"melding": "Back-up mislukt op bkp-nl-2", "ernst": "hoog", "toestand": "actief",
             "server": "bkp-nl-2"},
             ({"title": "Back-up mislukt op bkp-nl-2", "status": "firing", "severity": "high",
             "service": None, "host": "bkp-nl-2", "environment": None},)),
    ],
    "germanmail": [
        Case("mailgateway",
             {"Betreff": "[GELÖST] Festplatte 3 in esx-8 defekt", "Absender":
             "monitoring@rz.example", "Text": "Der Zustand ist wieder normal.", "Dringlichkeit":
             "Mittel"},
             ({"title": "Festplatte 3 in esx-8 defekt", "status": "resolved", "severity": "medium",
             "service": None, "host": None, "environment": None},)),
    ],
    "grafana": [
        Case("unified fr",
             {"receiver": "hook", "status": "firing", "alerts": [{"status": "firing", "labels":
             {"alertname": "Latence élevée", "grafana_folder": "Réseau", "instance": "fw-par-02",
             "severity": "critique", "service": "vpn"}, "annotations": {"summary":
             "La latence dépasse 200 ms sur fw-par-02"}, "startsAt": "2026-10-04T10:00:00+02:00",
             "endsAt": "0001-01-01T00:00:00Z", "generatorURL":
             "https://g/alerting/grafana/ab12/view", "fingerprint": "f00d1", "silenceURL":
             "https://g/alerting/silence/new", "dashboardURL": "", "panelURL": "", "values": {"B":
             231.4, "C": 1}, "valueString": "[ var='B' labels={} value=231.4 ]"}], "groupLabels":
             {"alertname": "Latence élevée"}, "commonLabels": {"alertname": "Latence élevée",
             "grafana_folder": "Réseau", "instance": "fw-par-02", "severity": "critique",
             "service": "vpn"}, "commonAnnotations": {"summary":
             "La latence dépasse 200 ms sur fw-par-02"}, "externalURL": "https://g/", "version":
             "1", "groupKey": "{}:{alertname=\"Latence élevée\"}", "truncatedAlerts": 0, "orgId":
             3, "title": "[FIRING:1] Latence élevée", "state": "alerting", "message": "x"},
             ({"title": "Latence élevée", "status": "firing", "severity": "critical", "service":
             "vpn", "host": "fw-par-02", "environment": None},), same="gf1"),
        Case("unified fr res",
             {"receiver": "hook", "status": "resolved", "alerts": [{"status": "resolved", "labels":
             {"alertname": "Latence élevée", "grafana_folder": "Réseau", "instance": "fw-par-02",
             "severity": "critique", "service": "vpn"}, "annotations": {"summary":
             "La latence dépasse 200 ms sur fw-par-02"}, "startsAt": "2026-10-04T10:00:00+02:00",
             "endsAt": "2026-10-04T10:20:00+02:00", "generatorURL":
             "https://g/alerting/grafana/ab12/view", "fingerprint": "f00d1", "silenceURL":
             "https://g/alerting/silence/new", "dashboardURL": "", "panelURL": "", "values": {"B":
             231.4, "C": 1}, "valueString": "[ var='B' labels={} value=231.4 ]"}], "groupLabels":
             {"alertname": "Latence élevée"}, "commonLabels": {"alertname": "Latence élevée",
             "grafana_folder": "Réseau", "instance": "fw-par-02", "severity": "critique",
             "service": "vpn"}, "commonAnnotations": {"summary":
             "La latence dépasse 200 ms sur fw-par-02"}, "externalURL": "https://g/", "version":
             "1", "groupKey": "{}:{alertname=\"Latence élevée\"}", "truncatedAlerts": 0, "orgId":
             3, "title": "[RESOLVED:1] Latence élevée", "state": "ok", "message": "x"},
             ({"title": "Latence élevée", "status": "resolved", "severity": "critical", "service":
             "vpn", "host": "fw-par-02", "environment": None},), same="gf1"),
    ],
    "zabbix": [
        Case("german problem",
             {"event_id": "552211", "event_name": "Hohe Auslastung der CPU (über 90% für 5m)",
             "event_value": "1", "event_severity": "Hoch", "event_nseverity": "4",
             "event_update_status": "0", "event_ack_status": "No", "event_date": "2026.10.07",
             "event_time": "03:04:05", "event_recovery_date": "{EVENT.RECOVERY.DATE}",
             "event_tags_json":
             "[{\"tag\":\"service\",\"value\":\"mailgateway\"},{\"tag\":\"env\",\"value\":\"prod\"}]",
             "host_name": "mx-04", "host_ip": "10.1.2.3", "trigger_id": "23455",
             "trigger_description": ""},
             ({"title": "Hohe Auslastung der CPU (über 90% für 5m)", "status": "firing",
             "severity": "high", "service": "mailgateway", "host": "mx-04", "environment":
             "prod"},), same="z1"),
        Case("german recovery",
             {"event_id": "552211", "event_name": "Hohe Auslastung der CPU (über 90% für 5m)",
             "event_value": "0", "event_severity": "Hoch", "event_nseverity": "4",
             "event_update_status": "0", "event_ack_status": "No", "event_date": "2026.10.07",
             "event_time": "03:04:05", "event_recovery_date": "2026.10.07", "event_tags_json":
             "[{\"tag\":\"service\",\"value\":\"mailgateway\"},{\"tag\":\"env\",\"value\":\"prod\"}]",
             "host_name": "mx-04", "host_ip": "10.1.2.3", "trigger_id": "23455",
             "trigger_description": ""},
             ({"title": "Hohe Auslastung der CPU (über 90% für 5m)", "status": "resolved",
             "severity": "high", "service": "mailgateway", "host": "mx-04", "environment":
             "prod"},), same="z1"),
    ],
}  # fmt: skip

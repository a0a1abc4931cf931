"""The vendor's SDK lives through a warehouse: clusters and snapshots, from creation to deletion.

Arguments: the server's address, an access key and its secret key, a project's id, and the id of a
cluster that holds something. Tells its steps line by line; ends with 0 when all of them held.
"""

import re
import sys
import time
import uuid

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdws.v2 import (
    CheckSnapshotReq,
    CheckSnapshotRequest,
    CopySnapshotRequest,
    CreateClusterInfo,
    CreateClusterRequest,
    CreateClusterRequestBody,
    CreateSnapshotRequest,
    CreateSnapshotRequestBody,
    DeleteClusterRequest,
    DeleteClusterRequestBody,
    DeleteSnapshotRequest,
    DwsClient,
    LinkCopyReq,
    ListClusterDetailsRequest,
    ListClusterSnapshotsRequest,
    ListClustersRequest,
    ListSnapshotDetailsRequest,
    ListSnapshotsRequest,
    ListSnapshotStatisticsRequest,
    Restore,
    RestoreClusterRequest,
    RestoreClusterRequestBody,
    Snapshot,
)

ADDRESS, ACCESS_KEY, SECRET_KEY, PROJECT, CLUSTER = sys.argv[1:]
# How long a cluster may take to become available, in looks at it.
LOOKS_MAX = 50
PAUSE_SECONDS = 0.1
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


def client_of(access_key, secret_key):
    credentials = BasicCredentials(access_key, secret_key, PROJECT)
    config = HttpConfig.get_default_config()
    config.timeout = (5, 30)
    builder = DwsClient.new_builder().with_http_config(config)
    return builder.with_credentials(credentials).with_endpoint(ADDRESS).build()


dws = client_of(ACCESS_KEY, SECRET_KEY)


def refused(status, code, call, *arguments):
    """The call must be refused so, in a form that the SDK understands."""
    try:
        answer = call(*arguments)
    except ClientRequestException as error:
        found = (error.status_code, error.error_code)
        assert found == (status, code), (found, error.error_msg)
        assert error.error_msg and error.request_id, error
        return
    raise AssertionError(f"not refused: {answer}")


def create(name, cluster=CLUSTER, description=None):
    snapshot = Snapshot(name=name, cluster_id=cluster, description=description)
    body = CreateSnapshotRequestBody(snapshot=snapshot)
    return dws.create_snapshot(CreateSnapshotRequest(body=body)).snapshot.id


def details(snapshot):
    request = ListSnapshotDetailsRequest(snapshot_id=snapshot)
    return dws.list_snapshot_details(request).snapshot


def listed():
    """The snapshots of the cluster, by the project's list."""
    answer = dws.list_snapshots(ListSnapshotsRequest())
    assert answer.count == len(answer.snapshots)
    own = [snapshot for snapshot in answer.snapshots if snapshot.cluster_id == CLUSTER]
    return {snapshot.id: snapshot for snapshot in own}


def restore(snapshot, name):
    body = RestoreClusterRequestBody(restore=Restore(name=name))
    request = RestoreClusterRequest(snapshot_id=snapshot, body=body)
    return dws.restore_cluster(request).cluster.id


def available(cluster):
    """Polls a cluster until it is available."""
    for _ in range(LOOKS_MAX):
        found = dws.list_cluster_details(ListClusterDetailsRequest(cluster_id=cluster)).cluster
        if found.status == "AVAILABLE":
            return found
        assert found.status == "CREATING", found
        time.sleep(PAUSE_SECONDS)
    raise AssertionError(f"{cluster} is not available after {LOOKS_MAX} looks")


print("a snapshot is made and found")
first = create("snapshot-3", description="Snapshot-3 description")
found = details(first)
assert (found.name, found.description) == ("snapshot-3", "Snapshot-3 description")
assert (found.status, found.type, found.cluster_id) == ("AVAILABLE", "MANUAL", CLUSTER)
assert TIME.match(found.started) and TIME.match(found.finished), found
assert isinstance(found.size, float) and found.size > 0, found.size
assert found.datastore.type == "dws" and found.cluster_name, found
assert listed()[first].to_dict() == found.to_dict()
assert details(create("Plain_1")).description == ""

print("what breaks a rule is refused")
refused(409, "DWS.5050", create, "SNAPSHOT-3")
for name in ["abc", "1abc", "with space", "a" * 65, ""]:
    refused(400, "DWS.0001", create, name)
for description in ["a" * 257, "<b>", "'", "a&b"]:
    refused(400, "DWS.0001", create, "snapshot-4", CLUSTER, description)
refused(404, "DWS.0015", create, "snapshot-4", str(uuid.uuid4()))
refused(404, "DWS.5149", details, str(uuid.uuid4()))

print("pages hold all snapshots, each once, in order")
seen = []
for page in range(LOOKS_MAX):
    answer = dws.list_cluster_snapshots(
        ListClusterSnapshotsRequest(
            cluster_id=CLUSTER, limit=1, offset=page, sort_key="started", sort_dir="asc"
        )
    )
    assert (answer.project_id, answer.cluster_id) == (PROJECT, CLUSTER)
    if not answer.snapshots:
        break
    seen += answer.snapshots
assert len(seen) == answer.count == len(listed()), (len(seen), answer.count)
assert sorted(snapshot.id for snapshot in seen) == sorted(listed())
started = [snapshot.started for snapshot in seen]
assert started == sorted(started), started

print("an automatic snapshot is kept as a manual one")
automatic = next(snapshot for snapshot in seen if snapshot.type == "AUTO")
body = LinkCopyReq(backup_name="kept", description="of the beginning")
request = CopySnapshotRequest(snapshot_id=automatic.id, body=body)
copy = details(dws.copy_snapshot(request).snapshot_id)
assert (copy.name, copy.type, copy.size) == ("kept", "MANUAL", automatic.size)
refused(409, "DWS.5050", dws.copy_snapshot, request)
refused(
    400, "DWS.0001", dws.delete_snapshot, DeleteSnapshotRequest(snapshot_id=automatic.id)
)

print("figures add up")
answer = dws.list_snapshot_statistics(ListSnapshotStatisticsRequest(cluster_id=CLUSTER))
figures = {figure.name: (figure.value, figure.unit) for figure in answer.statistics}
assert set(figures) == {"storage.free", "storage.paid", "storage.used"}, figures
used = sum(snapshot.size for snapshot in listed().values())
assert abs(figures["storage.used"][0] - used) < 1e-12 and figures["storage.used"][1] == "GB"

print("a name is checked before it is used")
dws.check_snapshot(CheckSnapshotRequest(body=CheckSnapshotReq(snapshot_name="still-free")))
for name, status, code in [("Snapshot-3", 409, "DWS.5050"), ("no", 400, "DWS.0001")]:
    request = CheckSnapshotRequest(body=CheckSnapshotReq(snapshot_name=name))
    refused(status, code, dws.check_snapshot, request)

print("a snapshot is restored into a new cluster")
restored = restore(first, "dws-restored")
cluster = available(restored)
assert (cluster.id, cluster.name, cluster.sub_status) == (restored, "dws-restored", "NORMAL")
assert TIME.match(cluster.created) and TIME.match(cluster.updated), cluster
of_restored = dws.list_cluster_snapshots(ListClusterSnapshotsRequest(cluster_id=restored))
assert [snapshot.type for snapshot in of_restored.snapshots] == ["AUTO"]
assert of_restored.snapshots[0].size == found.size
refused(409, "DWS.5050", restore, first, "DWS-restored")
refused(400, "DWS.0001", restore, first, "no")
refused(404, "DWS.5149", restore, str(uuid.uuid4()), "dws-other")
clusters = dws.list_clusters(ListClustersRequest())
assert {CLUSTER, restored} <= {cluster.id for cluster in clusters.clusters}
assert clusters.count == len(clusters.clusters)

print("a snapshot is deleted, and its cluster stays")
answer = dws.delete_snapshot(DeleteSnapshotRequest(snapshot_id=first))
assert answer.status_code == 202, answer
refused(404, "DWS.5149", details, first)
refused(404, "DWS.5149", dws.delete_snapshot, DeleteSnapshotRequest(snapshot_id=first))
assert first not in listed()
assert available(restored).name == "dws-restored"
assert create("snapshot-3") != first, "the name is free again"

print("clusters are made and deleted")
information = CreateClusterInfo(
    node_type="dws.m3.xlarge",
    number_of_node=3,
    subnet_id="s",
    security_group_id="g",
    vpc_id="v",
    name="dws-new",
    user_name="dbadmin",
    user_pwd="Secret_1",
)
request = CreateClusterRequest(body=CreateClusterRequestBody(cluster=information))
made = dws.create_cluster(request).cluster.id
assert available(made).name == "dws-new"
for cluster in [made, restored]:
    body = DeleteClusterRequestBody(keep_last_manual_snapshot=0)
    answer = dws.delete_cluster(DeleteClusterRequest(cluster_id=cluster, body=body))
    assert answer.status_code == 202, answer
    refused(404, "DWS.0015", available, cluster)

print("whoever does not have the secret is not let in")
for stranger in [client_of(ACCESS_KEY, "guessed"), client_of("SLAK0000000000000000", SECRET_KEY)]:
    refused(401, "APIGW.0301", stranger.list_snapshots, ListSnapshotsRequest())
answer = requests.get(f"{ADDRESS}/v1.0/{PROJECT}/snapshots", timeout=30)
assert (answer.status_code, answer.json()["error_code"]) == (401, "APIGW.0301")

print("done")

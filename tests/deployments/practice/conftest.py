"""A connection of pyVmomi to the practice vCenter, and the shortest way to ask it."""

import pytest
from pyVim.connect import Connect, Disconnect, SmartConnect, SmartStubAdapter
from pyVmomi import vim, vmodl

PC = vmodl.query.PropertyCollector


def try_to_log_in(host, port, username, password):
    """Log in on a connection that is closed whatever comes of it."""
    stub = SmartStubAdapter(host=host, port=port, disableSslCertValidation=True)
    try:
        manager = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent().sessionManager
        return manager.Login(username, password, None)
    finally:
        stub.DropConnections()


class Client:
    """pyVmomi against one server, with what the tests ask again and again."""

    def __init__(self, vcenter, *, write=False):
        who = {
            "host": vcenter.host,
            "user": vcenter.write_username if write else vcenter.username,
            "pwd": vcenter.write_password if write else vcenter.password,
        }
        if vcenter.tls:
            self.connection = SmartConnect(port=vcenter.port, disableSslCertValidation=True, **who)
        else:  # pyVmomi's way to ask for plain HTTP, which SmartConnect does not have
            self.connection = Connect(port=-vcenter.port, version="vim.version.v8_0_3_0", **who)
        self.content = self.connection.RetrieveContent()

    def vm(self, moid):
        return vim.VirtualMachine(moid, self.connection._stub)

    def managed(self, kind, moid):
        return kind(moid, self.connection._stub)

    def spec(self, kind, paths):
        view = self.content.viewManager.CreateContainerView(
            self.content.rootFolder, [kind], recursive=True
        )
        step = PC.TraversalSpec(name="all", path="view", skip=False, type=vim.view.ContainerView)
        wanted = PC.PropertySpec(type=kind, pathSet=paths or [], all=not paths)
        start = PC.ObjectSpec(obj=view, skip=True, selectSet=[step])
        return PC.FilterSpec(objectSet=[start], propSet=[wanted])

    def pages(self, kind, paths=None, page_size=None):
        collector = self.content.propertyCollector
        spec = self.spec(kind, paths)
        page = collector.RetrievePropertiesEx([spec], PC.RetrieveOptions(maxObjects=page_size))
        while page:
            yield page.objects
            token = page.token
            page = collector.ContinueRetrievePropertiesEx(token) if token else None
        spec.objectSet[0].obj.DestroyView()

    def read(self, kind, paths=None, page_size=None):
        return [one for page in self.pages(kind, paths, page_size) for one in page]

    def values(self, kind, *paths):
        return {
            one.obj._moId: {prop.name: prop.val for prop in one.propSet}
            for one in self.read(kind, list(paths))
        }


@pytest.fixture
def client(practice_vcenter):
    """A read-only client."""
    client = Client(practice_vcenter)
    yield client
    Disconnect(client.connection)


@pytest.fixture
def writer(practice_vcenter):
    """A client that may write."""
    client = Client(practice_vcenter, write=True)
    yield client
    Disconnect(client.connection)

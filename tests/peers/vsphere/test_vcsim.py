"""The outside simulator answers as the notes say, so that what it cannot show is known."""

import pytest
from pyVim.connect import Disconnect, SmartConnect, SmartStubAdapter
from pyVmomi import vim, vmodl

pytestmark = pytest.mark.peer


def connect(vcsim):
    return SmartConnect(
        host=vcsim.host,
        port=vcsim.port,
        user=vcsim.username,
        pwd=vcsim.password,
        disableSslCertValidation=True,
    )


def test_the_outside_simulator_lists_its_vms_and_ignores_the_page_size(vcsim):
    connection = connect(vcsim)
    content = connection.RetrieveContent()
    view = content.viewManager.CreateContainerView(
        content.rootFolder, [vim.VirtualMachine], recursive=True
    )
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[
            collector.ObjectSpec(
                obj=view,
                skip=True,
                selectSet=[
                    collector.TraversalSpec(
                        name="all", path="view", skip=False, type=vim.view.ContainerView
                    )
                ],
            )
        ],
        propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=["name"])],
    )
    answer = content.propertyCollector.RetrievePropertiesEx(
        [spec], collector.RetrieveOptions(maxObjects=2)
    )
    assert len(answer.objects) == 8
    assert answer.token is None
    Disconnect(connection)


def test_the_outside_simulator_refuses_a_wrong_password(vcsim):
    stub = SmartStubAdapter(host=vcsim.host, port=vcsim.port, disableSslCertValidation=True)
    manager = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent().sessionManager
    with pytest.raises(vim.fault.InvalidLogin):
        manager.Login(vcsim.username, "wrong", None)
    stub.DropConnections()

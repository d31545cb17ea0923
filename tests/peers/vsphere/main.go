// A vSphere server that is not ours: govmomi's simulator library with a command of our own,
// since Debian's package carries the library without its `vcsim` command.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/simulator"
)

func main() {
	model := simulator.VPX()
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	username := flag.String("username", "user", "the only user")
	password := flag.String("password", "pass", "the user's password")
	flag.IntVar(&model.Machine, "vms", 4, "virtual machines in each resource pool")
	flag.IntVar(&model.Datacenter, "datacenters", 1, "datacenters")
	flag.IntVar(&model.Cluster, "clusters", 1, "clusters in each datacenter")
	flag.IntVar(&model.ClusterHost, "cluster-hosts", 3, "hosts in each cluster")
	flag.IntVar(&model.Host, "hosts", 1, "stand-alone hosts in each datacenter")
	flag.IntVar(&model.Datastore, "datastores", 1, "datastores in each datacenter")
	flag.IntVar(&model.Portgroup, "portgroups", 1, "distributed port groups in each datacenter")
	flag.IntVar(&model.DelayConfig.Delay, "delay", 0, "milliseconds before each answer")
	flag.Parse()

	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	model.Service.TLS = new(tls.Config)
	model.Service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*username, *password)}
	server := model.Service.NewServer()
	fmt.Println("READY", server.URL.Host)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
	server.Close()
	model.Remove()
}

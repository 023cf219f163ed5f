// kubernetes-check builds the kustomizations in the folders that it is given and decodes every resource strictly into
// its Go type: an unknown kind, an unknown or duplicate field, or a value of the wrong type is an error. It prints the
// resources as JSON, one array for each folder, and needs no cluster and no network.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	strict "sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// The kinds that the kustomizations use.
var types = map[string]func() any{
	"v1/ConfigMap":                            func() any { return &core.ConfigMap{} },
	"v1/Secret":                               func() any { return &core.Secret{} },
	"v1/Service":                              func() any { return &core.Service{} },
	"v1/ServiceAccount":                       func() any { return &core.ServiceAccount{} },
	"apps/v1/Deployment":                      func() any { return &apps.Deployment{} },
	"batch/v1/Job":                            func() any { return &batch.Job{} },
	"batch/v1/CronJob":                        func() any { return &batch.CronJob{} },
	"policy/v1/PodDisruptionBudget":           func() any { return &policy.PodDisruptionBudget{} },
	"autoscaling/v2/HorizontalPodAutoscaler":  func() any { return &autoscaling.HorizontalPodAutoscaler{} },
	"networking.k8s.io/v1/NetworkPolicy":      func() any { return &networking.NetworkPolicy{} },
	"networking.k8s.io/v1/Ingress":            func() any { return &networking.Ingress{} },
	"monitoring.coreos.com/v1/ServiceMonitor": func() any { return &monitoring.ServiceMonitor{} },
	"monitoring.coreos.com/v1/PodMonitor":     func() any { return &monitoring.PodMonitor{} },
	"monitoring.coreos.com/v1/PrometheusRule": func() any { return &monitoring.PrometheusRule{} },
	"temporal.io/v1alpha1/WorkerDeployment":   func() any { return &WorkerDeployment{} },
	"temporal.io/v1alpha1/Connection":         func() any { return &Connection{} },
}

func main() {
	built := map[string][]json.RawMessage{}
	failed := false
	for _, folder := range os.Args[1:] {
		resources, problems := check(folder)
		for _, problem := range problems {
			fmt.Fprintf(os.Stderr, "%s: %s\n", folder, problem)
			failed = true
		}
		built[folder] = resources
	}
	if failed {
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(built); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// check builds one kustomization. It returns its resources, and what is wrong with each.
func check(folder string) (resources []json.RawMessage, problems []string) {
	options := krusty.MakeDefaultOptions()
	built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, []string{err.Error()}
	}
	for _, resource := range built.Resources() {
		data, err := resource.MarshalJSON()
		if err != nil {
			return nil, []string{err.Error()}
		}
		kind := resource.GetApiVersion() + "/" + resource.GetKind()
		name := kind + " " + resource.GetName()
		newType, isKnown := types[kind]
		if !isKnown {
			problems = append(problems, name+": unknown kind")
			continue
		}
		unknown, err := strict.UnmarshalStrict(data, newType())
		if err != nil {
			problems = append(problems, name+": "+err.Error())
		}
		for _, each := range unknown {
			problems = append(problems, name+": "+each.Error())
		}
		resources = append(resources, data)
	}
	return resources, problems
}

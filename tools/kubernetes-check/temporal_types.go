package main

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The resources of Temporal's worker controller, as far as these files use them: the fields of `spec` in
// github.com/temporalio/temporal-worker-controller v1.8.1, api/v1alpha1 (MIT License, Copyright 2024 Datadog, Inc.).
// Its module is not published apart from its Kubernetes client libraries.

type WorkerDeployment struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec WorkerDeploymentSpec `json:"spec,omitempty"`
}

type WorkerDeploymentSpec struct {
	Replicas                *int32                 `json:"replicas,omitempty"`
	Template                corev1.PodTemplateSpec `json:"template"`
	MinReadySeconds         int32                  `json:"minReadySeconds,omitempty"`
	ProgressDeadlineSeconds *int32                 `json:"progressDeadlineSeconds,omitempty"`
	RolloutStrategy         RolloutStrategy        `json:"rollout"`
	SunsetStrategy          SunsetStrategy         `json:"sunset"`
	WorkerOptions           WorkerOptions          `json:"workerOptions"`
}

type RolloutStrategy struct {
	// Manual, AllAtOnce or Progressive.
	Strategy string        `json:"strategy"`
	Steps    []RolloutStep `json:"steps,omitempty"`
}

type RolloutStep struct {
	RampPercentage int             `json:"rampPercentage"`
	PauseDuration  metav1.Duration `json:"pauseDuration"`
}

type SunsetStrategy struct {
	ScaledownDelay *metav1.Duration `json:"scaledownDelay"`
	DeleteDelay    *metav1.Duration `json:"deleteDelay"`
}

type WorkerOptions struct {
	ConnectionRef       ConnectionReference `json:"connectionRef"`
	TemporalNamespace   string              `json:"temporalNamespace"`
	UnsafeCustomBuildID string              `json:"unsafeCustomBuildID,omitempty"`
}

type ConnectionReference struct {
	Name string `json:"name"`
}

type Connection struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ConnectionSpec `json:"spec,omitempty"`
}

type ConnectionSpec struct {
	HostPort           string                    `json:"hostPort"`
	TLS                *ConnectionTLSConfig      `json:"tls,omitempty"`
	MutualTLSSecretRef *ConnectionReference      `json:"mutualTLSSecretRef,omitempty"`
	APIKeySecretRef    *corev1.SecretKeySelector `json:"apiKeySecretRef,omitempty"`
}

type ConnectionTLSConfig struct {
	ServerName string `json:"serverName,omitempty"`
}

package pipeline_test

import (
	"context"
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// A choice for a host without a port is one for the only provider on that host. It is none for
// others, and not if the provider has a choice of its own.
func TestRun_reads_choices_for_a_host_alone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		providers []string
		own       briefing.Egress // of a:1; empty: no choice
		want      briefing.Egress // of a:1
	}{
		"the only one":  {[]string{"a:1", "b:1"}, "", briefing.EgressFull},
		"one of two":    {[]string{"a:1", "a:2"}, "", briefing.EgressCounts},
		"its own":       {[]string{"a:1"}, briefing.EgressBlurred, briefing.EgressBlurred},
		"not any more":  {[]string{"b:1"}, "", briefing.EgressCounts},
		"the scheme's":  {[]string{"a", "a:1"}, "", briefing.EgressCounts},
		"own less":      {[]string{"a:1"}, briefing.EgressCounts, briefing.EgressCounts},
		"none is known": {nil, "", briefing.EgressCounts},
	} {
		asked := make(chan briefing.Egress, 1)
		d := &describer{says: func(_ context.Context, in pipeline.DescribeInput) (pipeline.Description, bool) {
			asked <- in.Egress("a:1")
			return pipeline.Description{}, false
		}}
		p, _ := describes(t, d, func(cfg *pipeline.Config) { cfg.Providers = c.providers })
		camera := consenting(briefing.EgressFull)
		if c.own != "" {
			camera.Egress = append(camera.Egress, briefing.ProviderEgress{Provider: "a:1", Egress: c.own})
		}
		run(t, p, tickOf(camera, 1))
		if got := <-asked; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

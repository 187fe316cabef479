package briefing

// EgressOf returns what a provider of models may get of a camera. Without a choice it is
// EgressCounts.
func (c *Camera) EgressOf(provider string) Egress {
	for _, choice := range c.Egress {
		if choice.Provider == provider {
			return choice.Egress
		}
	}
	return EgressCounts
}

// ShownBlurred reports whether people are blurred in the pictures that are shown and stored: a
// provider gets blurred pictures, and none gets them in full. So an owner sees what leaves.
func (c *Camera) ShownBlurred() bool {
	blurred := false
	for _, choice := range c.Egress {
		switch choice.Egress {
		case EgressFull:
			return false
		case EgressBlurred:
			blurred = true
		}
	}
	return blurred
}

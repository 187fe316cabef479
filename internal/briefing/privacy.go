package briefing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

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

// View says in a few characters how pictures of the camera are made: from which source, with which
// masks, and whether people are blurred. Pictures of another view are not shown any more.
func (c *Camera) View() string { return c.view(c.ShownBlurred()) }

// PushedView is the View of the pictures that a device sends. They are stored for the next run
// alone, which blurs what it shows.
func (c *Camera) PushedView() string { return c.view(false) }

func (c *Camera) view(blurred bool) string {
	masks := append([]Polygon{}, c.Masks...) // nil and empty are the same
	b, err := json.Marshal([]any{c.Source, masks, blurred})
	if err != nil { // a coordinate that is no number, which no store has
		return "invalid"
	}
	hash := sha256.Sum256(b)
	return hex.EncodeToString(hash[:16])
}

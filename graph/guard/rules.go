package guard

import (
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// MaxErrors is how many errors each rule of Rules reports at most.
const MaxErrors = 20

// Rules returns the rules of the specification, with two changes. They suggest no names in place of
// unknown ones, because finding a suggestion costs far more than finding the fault, and a
// suggestion reveals names of the schema. Each rule reports at most MaxErrors errors, because an
// error takes a kilobyte.
func Rules() *rules.Rules {
	all := rules.NewDefaultRules()
	for name, rule := range map[string]core.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		all.ReplaceRule(name, rule.RuleFunc)
	}
	for name, rule := range all.GetInner() {
		all.ReplaceRule(name, few(rule))
	}
	return all
}

// few returns a rule that reports at most MaxErrors errors in one validation.
func few(rule core.RuleFunc) core.RuleFunc {
	return func(events *core.Events, add core.AddErrFunc) {
		made := 0
		rule(events, func(options ...core.ErrorOption) {
			if made++; made <= MaxErrors {
				add(options...)
			}
		})
	}
}

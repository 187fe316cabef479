package sqlite

// Columns in the order in which scanSheet and scanUsage read them.
const (
	sheetColumns = "style, provider, model, prompt, made_at, usage, refused, body"
	usageColumns = "name_key, date, attempts, input_tokens, output_tokens, estimated"
)

// wordStatements are the writer's statements about what models wrote.
func (w *writer) wordStatements() []statement {
	return []statement{
		{&w.putSheet, "REPLACE INTO sheets (" + sheetColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
		{&w.boundSheets, `DELETE FROM sheets WHERE (style, provider, model, prompt) IN (
			SELECT style, provider, model, prompt FROM sheets
			ORDER BY made_at, style, provider, model, prompt
			LIMIT max(0, (SELECT count(*) FROM sheets) - ?))`},
		{&w.putRefused, "REPLACE INTO refused (ref, name_key, until, texts) VALUES (?, ?, ?, ?)"},
		{&w.deleteExpired, "DELETE FROM refused WHERE until <= ?"},
		{&w.deleteRefused, "DELETE FROM refused WHERE name_key = ?"},
		{&w.addUsage, "INSERT INTO usage_days (" + usageColumns + `) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts,
			input_tokens = input_tokens + excluded.input_tokens,
			output_tokens = output_tokens + excluded.output_tokens,
			estimated = max(estimated, excluded.estimated)`},
		{&w.putUsage, "INSERT INTO usage_days AS d (" + usageColumns + `) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET attempts = max(d.attempts, excluded.attempts),
			input_tokens = max(d.input_tokens, excluded.input_tokens),
			output_tokens = max(d.output_tokens, excluded.output_tokens),
			estimated = max(d.estimated, excluded.estimated)
			WHERE excluded.attempts > d.attempts OR excluded.input_tokens > d.input_tokens
			OR excluded.output_tokens > d.output_tokens OR excluded.estimated > d.estimated`},
		{&w.deleteUsage, "DELETE FROM usage_days WHERE name_key = ?"},
	}
}

// wordStatements are the reading connections' statements about what models wrote.
func (r *readStmts) wordStatements() []statement {
	return []statement{
		{&r.sheet, "SELECT " + sheetColumns + ` FROM sheets
			WHERE style = ? AND provider = ? AND model = ? AND prompt = ?`},
		{&r.sheets, "SELECT " + sheetColumns + ` FROM sheets
			WHERE (style, provider, model, prompt) > (?, ?, ?, ?)
			ORDER BY style, provider, model, prompt LIMIT ?`},
		{&r.refused, "SELECT texts FROM refused WHERE ref = ? AND until > ?"},
		{&r.usage, "SELECT " + usageColumns + ` FROM usage_days
			WHERE name_key = ? AND date BETWEEN ? AND ? ORDER BY date`},
	}
}

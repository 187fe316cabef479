import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";

interface Props {
  label: string;
  value: string;
  /** The values and their words. */
  entries: [string, string][];
  onChange: (value: string) => void;
}

/** One of a few, as chips. The arrow keys choose. */
export function Choice({ label, value, entries, onChange }: Props) {
  return (
    <div className="options">
      <span>{label}</span>
      <RadioGroup className="chips" aria-label={label} value={value} onValueChange={(next) => { onChange(String(next)); }}>
        {entries.map(([name, words]) => <Radio.Root key={name} value={name} className="chip">{words}</Radio.Root>)}
      </RadioGroup>
    </div>
  );
}

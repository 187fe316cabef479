import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useBack } from "../hooks/useBack";
import "../styles/dialog.css";

interface Props {
  title: string;
  text: string;
  /** The words of the button that does it. */
  action: string;
  /** True if it cannot be undone. */
  bad?: boolean;
  busy: boolean;
  /** False until the fields allow it. */
  ready?: boolean;
  /** Why it failed, said inside because the rest of the page is out of reach. */
  problem: string;
  onConfirm: () => void;
  onCancel: () => void;
  /** Fields above the buttons. */
  children?: ReactNode;
}

/** A question before something that ends or deletes. Escape, the back button and the other button cancel. */
export function Confirm({ title, text, action, bad, busy, ready = true, problem, onConfirm, onCancel, children }: Props) {
  const { t } = useTranslation();
  useBack(onCancel);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy) onConfirm();
  };
  return (
    <AlertDialog.Root open onOpenChange={(open) => { if (!open && !busy) onCancel(); }}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="shade" />
        <AlertDialog.Popup className="sheet">
          <AlertDialog.Title className="lead">{title}</AlertDialog.Title>
          <AlertDialog.Description className="soft">{text}</AlertDialog.Description>
          <form onSubmit={submit}>
            {children}
            {problem && <p className="problem" role="alert">{problem}</p>}
            <div className="sheet-row">
              <AlertDialog.Close type="button" className="btn">{t("dialog.cancel")}</AlertDialog.Close>
              <button className={bad ? "btn bad" : "btn go"} disabled={busy || !ready}>{action}</button>
            </div>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import "../styles/dialog.css";

interface Props {
  title: string;
  text: string;
  busy: boolean;
  onCancel: () => void;
  /** The button that does it, and fields above it. */
  children: ReactNode;
}

/** A question before something that ends or deletes. Escape and the other button cancel. */
export function Confirm({ title, text, busy, onCancel, children }: Props) {
  const { t } = useTranslation();
  return (
    <AlertDialog.Root open onOpenChange={(open) => { if (!open && !busy) onCancel(); }}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="shade" />
        <AlertDialog.Popup className="sheet">
          <AlertDialog.Title className="lead">{title}</AlertDialog.Title>
          <AlertDialog.Description className="soft">{text}</AlertDialog.Description>
          <div className="sheet-row">
            <AlertDialog.Close className="btn">{t("dialog.cancel")}</AlertDialog.Close>
            {children}
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

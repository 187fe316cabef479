import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { useBack } from "../hooks/useBack";
import "../styles/dialog.css";

/** A sheet with a small form: at the bottom of a phone, in the middle of a wide screen. Escape and the back button close it. */
export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  useBack(onClose);
  return (
    <Dialog.Root open onOpenChange={(open) => { if (!open) onClose(); }}>
      <Dialog.Portal>
        <Dialog.Backdrop className="shade" />
        <Dialog.Popup className="sheet">
          <Dialog.Title className="lead">{title}</Dialog.Title>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

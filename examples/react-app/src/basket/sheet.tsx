import { type ReactElement, type ReactNode, useLayoutEffect, useRef } from 'react';

type SheetProps = {
  /** Name of the dialog for a screen reader, and its title. */
  title: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
};

/** A modal dialog that is open as long as it is on the page; Escape and the backdrop close it. */
export function Sheet({ title, className, onClose, children }: SheetProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  // Closing before the element leaves the page gives the focus back to what opened it.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`sheet ${className}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="sheet-body">
        <header className="sheet-head">
          <h2>{title}</h2>
          <button type="button" className="close" aria-label="Close" onClick={onClose}>
            ×
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

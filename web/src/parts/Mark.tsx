//! The mark: three channels that meet in one.

export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--m-house)" />
      <g fill="none" stroke="var(--m-on-house)" strokeWidth="2.4" strokeLinecap="round">
        <path d="M7 8c5 0 5.500 8 9 8" />
        <path d="M7 16h18" />
        <path d="M7 24c5 0 5.500-8 9-8" />
      </g>
      <circle cx="25" cy="16" r="3" fill="var(--m-on-house-soft)" />
    </svg>
  );
}

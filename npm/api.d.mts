export function surface(folder?: string): string;

/** Error of a setting: its path from the variable on, without `registry_`. */
export interface SettingError {
  readonly path: readonly string[];
  readonly message: string;
}

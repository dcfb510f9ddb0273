"""Date, time and number formats where the mockups' writing differs from Django's own locales."""

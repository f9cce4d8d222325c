// Placeholder until shared test code lands.

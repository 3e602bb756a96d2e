import ChangeSets

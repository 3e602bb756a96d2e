import ChangeSets

/// An office that has joined: its keys, the certificate they answer to, and the authority it believes.
package struct OfficeIdentity: Sendable {
    package let keys: OfficeKeys
    package let certificate: OfficeCertificate
    package let authority: AuthorityCertificate

    package init(keys: OfficeKeys, certificate: OfficeCertificate, authority: AuthorityCertificate) {
        self.keys = keys
        self.certificate = certificate
        self.authority = authority
    }

    package var office: OfficeCode { certificate.office }

    package func tlsSettings() throws -> TLSSettings {
        try TLSSettings(certificate: certificate, key: keys.tls, authority: authority)
    }
}
